import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { BATCH_SIZE } from '../../lib/uploads/consume';
import { drain } from '../helpers/queue-model';
import { workerPids } from '../helpers/worker-pids';
import { HEAVY_BODIES } from './bodies';
import { HOSTILE_PHOTOS } from './hostile-photos';
import { HARMLESS, oddCalls } from './odd-calls';
import { dress, largest, padded } from './photos';
import { hangUp, hangUpAfter, post, stall, trickle } from './senders';
import { act, formOf, jsonOf, MOST_BYTES, many, one, RAW, SHORT_PHOTOS, type Trial, UNREAD } from './trial';

/** In short, of each heavy body. */
const PIECES = 0.02;

/** @param short less of everything */
export function trials(short: boolean): readonly Trial[] {
  const senders = short ? 8 : 33;
  const calls = short ? 10 : 40;
  const large = () => padded(short ? 5_000_000 : MOST_BYTES);
  const full = (all: readonly Trial[]) => (short ? [] : all);
  const medium = async () => ({ ...RAW, body: await sharp(dress()).resize(3000, 4500).jpeg().toBuffer() });
  return [
    act('nothing, for comparison', /^-$/, () => sleep(3000).then(() => ['-'])),
    one('an ordinary photo', /^200$/, () => ({ ...RAW, body: dress() })),
    ...HARMLESS,
    ...full([
      one('48 megapixels as JPEG', /^200$/, async () => ({ ...RAW, body: await largest('jpeg') })),
      one('48 megapixels as WebP', /^(200|413|422)$/, async () => ({ ...RAW, body: await largest('webp') })),
      one('48 megapixels, answered as WebP', /^200$/, async () => ({
        ...RAW,
        body: await largest('jpeg'),
        headers: { accept: 'image/webp' },
      })),
      one('48 megapixels, answered as JSON', /^200$/, async () => ({
        ...RAW,
        body: await largest('jpeg'),
        headers: { accept: 'application/json' },
      })),
      one('48 megapixels, answered as SVG', /^200$/, async () => ({
        ...RAW,
        body: await largest('jpeg'),
        headers: { accept: 'image/svg+xml' },
      })),
    ]),
    act(`${senders} senders stall after four bytes`, /^503$/, ({ port }) => stall(port, senders)),
    act(`${senders} senders trickle`, /^(503|nothing)$/, ({ port }) => trickle(port, senders)),
    act(`${senders} senders hang up`, /^nothing$/, ({ port }) => hangUp(port, senders)),
    {
      name: `${senders} senders hang up while they are cut`,
      expected: /^(nothing|503)$/,
      make: async () => {
        const sent = await medium();
        return ({ port }) => hangUpAfter(port, senders, sent);
      },
    },
    {
      name: 'the worker is killed over a photo',
      expected: /^500$/,
      make: async () => {
        // The largest photo is still being cut when the signal comes, however fast the machine is.
        const sent = { ...RAW, body: await largest('jpeg') };
        return async ({ port, pid }) => {
          const answer = post(port, sent);
          await sleep(400);
          for (const worker of workerPids(pid)) process.kill(worker, 'SIGKILL');
          return [await answer];
        };
      },
    },
    ...HEAVY_BODIES.map(({ name, path, type, make }) =>
      one(name, UNREAD, () => ({ path, type, body: make(short ? PIECES : 1) })),
    ),
    ...oddCalls(senders),
    many(`${calls} calls at once, raw`, /^(200|503)$/, calls, () => ({ ...RAW, body: large() })),
    many(`${calls} calls at once, forms`, /^(200|503)$/, calls, () => formOf(large())),
    many(`${calls} calls at once, JSON`, /^(200|503)$/, calls, () => jsonOf(large())),
    ...Object.entries(HOSTILE_PHOTOS)
      .filter(([name]) => !short || SHORT_PHOTOS.test(name))
      .map(([name, make]) => one(name, /^(200|4\d\d)$/, async () => ({ ...RAW, body: await make() }))),
    act('ten uploads, the fourth kills the function (a model of the queue)', /^9 cut, 1 dead$/, poison),
  ];
}

async function poison(): Promise<string[]> {
  const keys = Array.from({ length: 10 }, (_, i) => `uploads/p${i}.jpg`);
  const { cut, dead } = await drain(keys, new Set(keys.slice(3, 4)), BATCH_SIZE);
  return [`${cut.size} cut, ${dead.size} dead`];
}
