import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApi } from '../lib/http/openapi/document';
import { MAX_BYTES } from '../lib/pipeline/limits';
import { version } from '../package.json';

/** The service's description with keys on and the limits of a service of one's own, as `docs/openapi.json` has it. */
export function publishedOpenApi(): string {
  return `${JSON.stringify(openApi({ version, limits: { maxBytes: MAX_BYTES }, keyed: true }), null, 2)}\n`;
}

/** `npm run openapi` */
if (require.main === module) writeFileSync(join(__dirname, '..', 'docs', 'openapi.json'), publishedOpenApi());
