import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { CutOut } from '../../lib/cut-out';
import type { Found } from '../../lib/find';
import type { Findings } from '../../lib/findings';
import { createHttp, type HttpDependencies } from '../../lib/http/app';
import { createJobs, type JobsDependencies } from '../../lib/http/jobs/jobs';
import { NOTHING_SEEN } from './nothing-seen';

export const FINDINGS: Findings = {
  verdict: 'ok',
  reasons: [],
  advice: [],
  presence: 0.9,
  confidence: 0.8,
  coverage: 0.1,
  skinLeak: 0.01,
  turned: 0,
  box: { left: 1, top: 2, width: 3, height: 4 },
  dresses: [{ box: { left: 1, top: 2, width: 3, height: 4 }, coverage: 0.1, confidence: 0.8 }],
  photo: { width: 8, height: 8, format: 'jpeg' },
  model: { name: 'fake', version: '1' },
  milliseconds: { decode: 1.5, segment: 2 },
};

const alpha = Uint8Array.from({ length: 64 }, (_, i) => (i % 8 >= 1 && i % 8 < 4 && i >= 16 && i < 48 ? 255 : 0));

/** A grey photo of 8 x 8 pixels, and the dress of {@link FINDINGS} in it. */
export const FOUND: Found = {
  photo: { kind: 'photo', width: 8, height: 8, rgb: new Uint8Array(3 * 64).fill(90) },
  matte: { kind: 'matte', width: 8, height: 8, alpha, box: FINDINGS.box },
  probabilities: NOTHING_SEEN,
  findings: FINDINGS,
};

/** Instead of a network: answers the options it was asked with. */
export const fakeCutOut: CutOut = async (_, options) => {
  const bytes = new TextEncoder().encode(JSON.stringify(options));
  const image = { bytes, contentType: `image/${options.format}` as const, width: 8, height: 8 };
  return { ...FOUND, image };
};

/** What a test may exchange: parts of the app, and of what does its jobs. */
export type Parts = Partial<HttpDependencies & JobsDependencies>;

export const fakeDependencies: Omit<HttpDependencies, 'jobs'> & JobsDependencies = {
  find: async () => FOUND,
  cutOut: fakeCutOut,
  segmenter: {
    load: async () => ({ name: 'fake', version: '1', sha256: '0'.repeat(64), engine: 'none' }),
  },
  limits: {
    maxBytes: 25_000_000,
    maxAnswerBytes: null,
    maxSeconds: 25,
    stalledSeconds: 10,
    atOnce: 1,
    maxWaiting: 16,
    maxCalls: 128,
    maxHeldBytes: 200_000_000,
  },
  version: '1',
  keys: 'off',
  tickets: null,
  catalogue: null,
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
  // A test that computes for seconds would send its next call on a connection that was just closed.
  const serverOptions = { keepAliveTimeout: 0 };
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false, serverOptions });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url, close };
}

export function fake(parts: Parts = {}): ReturnType<typeof createHttp> {
  const all = { ...fakeDependencies, ...parts };
  return createHttp({ ...all, jobs: parts.jobs ?? createJobs(all) });
}
