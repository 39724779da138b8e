import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../lib/errors';
import { parseArchitecture } from './architecture';
import { createArtefacts, writeArtefacts } from './artefacts';
import { overBudget, sizeTable } from './sizes';

/** `npm run build`: the zips into `dist/`, and what is how large. */
async function main(): Promise<void> {
  const root = join(__dirname, '..');
  const { values } = parseArgs({
    options: {
      architecture: { type: 'string', default: 'x86_64' },
      models: { type: 'string', default: join(root, 'models') },
      out: { type: 'string', default: join(root, 'dist') },
    },
  });
  const { models, out } = values;
  const artefacts = await createArtefacts({ root, models, architecture: parseArchitecture(values.architecture) });
  await writeArtefacts(out, artefacts);
  process.stdout.write(`${sizeTable(artefacts)}\n`);
  const broken = overBudget(artefacts);
  if (broken.length > 0) throw new Error(broken.join('\n'));
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
