import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { CutOut } from '../../lib/cut-out';
import type { Findings } from '../../lib/findings';
import { createHttp, type HttpParts } from '../../lib/http/create-http';

export const FINDINGS: Findings = {
  verdict: 'ok',
  presence: 0.9,
  confidence: 0.8,
  coverage: 0.1,
  skinLeak: 0.01,
  box: { left: 1, top: 2, width: 3, height: 4 },
  photo: { width: 8, height: 8, format: 'jpeg' },
  model: { name: 'fake', version: '1' },
  milliseconds: { decode: 1.5, segment: 2 },
};

/** Five lines instead of a network: answers the options it was asked with. */
export const fakeCutOut: CutOut = async (_, options) => {
  const bytes = new TextEncoder().encode(JSON.stringify(options));
  const image = { bytes, contentType: `image/${options.format}` as const, width: 8, height: 8 };
  const matte = { kind: 'matte' as const, width: 8, height: 8, alpha: new Uint8Array(64), box: FINDINGS.box };
  return { findings: FINDINGS, image, matte };
};

export const fakeParts: HttpParts = {
  cutOut: fakeCutOut,
  segmenter: {
    load: async () => ({ name: 'fake', version: '1', sha256: '0'.repeat(64), engine: 'none' }),
    segment: () => Promise.reject(new Error('not asked')),
    inputSize: () => Promise.reject(new Error('not asked')),
    glanceSize: () => Promise.reject(new Error('not asked')),
  },
  trace: () => 'M0 0L8 0L8 8Z',
  limits: { maxBytes: 25_000_000, maxAnswerBytes: null, maxSeconds: 25, atOnce: 1, maxWaiting: 16 },
  canvas: {
    picture: async (bytes, { canvas }, { format }) => ({ bytes, contentType: `image/${format}`, ...canvas }),
    alpha: async (bytes, { canvas }, format) => ({ bytes, contentType: `image/${format}`, ...canvas }),
    apart: async (bytes, { canvas }) => {
      const picture = { bytes, contentType: 'image/png' as const, ...canvas };
      return { colour: picture, alpha: picture };
    },
  },
  version: '1',
  keys: 'off',
  tickets: null,
  describeModel: async () => ({ manifest: {}, card: null }),
  log: () => undefined,
};

export interface Loopback {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** The app behind a real HTTP server on a free port. */
export async function listen(app: ReturnType<typeof createHttp>): Promise<Loopback> {
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url, close };
}

export function fake(parts: Partial<HttpParts> = {}): ReturnType<typeof createHttp> {
  return createHttp({ ...fakeParts, ...parts });
}
