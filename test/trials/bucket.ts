import { setTimeout as sleep } from 'node:timers/promises';
import { receiptKey } from '../../lib/uploads/keys';
import { HOSTILE_PHOTOS } from './hostile-photos';
import { dress, largest } from './photos';
import type { Server } from './server';
import { act, SHORT_PHOTOS, type Trial } from './trial';

/** After which an upload without a receipt counts as lost; five deliveries of the slowest take less. */
const PATIENCE = 60_000;

/** What an upload may come to. */
const RECEIPT = /^(done|failed)(: [a-z-]+)?$/;

/** Photos put into the bucket of `npm start`. @param short less of everything */
export function bucketTrials(short: boolean): readonly Trial[] {
  const photos: Record<string, () => Buffer | Promise<Buffer>> = {
    'an ordinary photo': dress,
    ...(short ? {} : { '48 megapixels as JPEG': () => largest('jpeg') }),
    'an empty file': () => Buffer.alloc(0),
    'no photo': () => Buffer.from('no photo'),
    ...Object.fromEntries(Object.entries(HOSTILE_PHOTOS).filter(([name]) => !short || SHORT_PHOTOS.test(name))),
  };
  return [
    act('nothing, for comparison', /^-$/, () => sleep(3000).then(() => ['-'])),
    ...Object.entries(photos).map(
      ([name, make]): Trial => ({
        name: `${name}, uploaded`,
        expected: RECEIPT,
        make: async () => {
          const body = await make();
          return async (server) => [await upload(server, body)];
        },
      }),
    ),
  ];
}

/** An ordinary upload. @returns its outcome, `done` where all is well */
export const uploadDress = (server: Server): Promise<string> => upload(server, dress());

let uploads = 0;

/** @returns `done` or `failed`, and the problem where there is one; or `no receipt` */
async function upload({ s3 }: Server, body: Uint8Array): Promise<string> {
  uploads += 1;
  const key = `uploads/${uploads}.jpg`;
  const put = await fetch(`${s3}/dresscut-uploads/${key}`, { method: 'PUT', body: new Uint8Array(body) });
  if (put.status !== 200) return `put: ${put.status}`;
  const until = performance.now() + PATIENCE;
  while (performance.now() < until) {
    const answer = await fetch(`${s3}/dresscut-cutouts/${receiptKey(key)}`);
    const text = await answer.text();
    if (answer.status === 200) {
      const { status, problem } = JSON.parse(text) as { status: string; problem: { code: string } | null };
      return problem === null ? status : `${status}: ${problem.code}`;
    }
    await sleep(50);
  }
  return 'no receipt';
}
