import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { decode } from '../../lib/pipeline/decode';
import { SIGNAL_OF_MEMORY } from '../../lib/pipeline/decoder-signals';
import { MAX_DECODE_SECONDS } from '../../lib/pipeline/limits';
import { gridOf, type HeifItem, heif, ispe, takeApart } from '../helpers/heif';
import { difference, middles, QUARTERS, quarters, refusal } from '../helpers/pictures';
import { workerPids } from '../helpers/worker-pids';

const SAMPLE = readFileSync(join(__dirname, '../fixtures/sample.heic'));
const gif = () => quarters().gif({ effort: 1 }).toBuffer();

/** A HEIC of 20 x 20 tiles, 7.7 megapixels: a good part of a second. */
function large(): Buffer {
  const { config, coded } = takeApart(SAMPLE);
  const tile: HeifItem = { type: 'hvc1', data: coded, properties: [0, 1] };
  const tiles = Array.from({ length: 400 }, (_, i) => i + 1);
  const whole: HeifItem = { type: 'grid', data: gridOf(20, 20, 3200, 2400), properties: [2], tiles };
  return heif([whole, ...tiles.map(() => tile)], [ispe(160, 120), config, ispe(3200, 2400)]);
}

/** One picture of 12 megapixels that is sent `count` times: a still picture, and no header says how long it takes. */
async function endless(count: number): Promise<Buffer> {
  const create = { width: 4000, height: 3000, channels: 3 as const, background: '#a33' };
  const { config, coded } = takeApart(await sharp({ create }).avif({ effort: 0 }).toBuffer(), 'av1C');
  const data = Buffer.concat(Array(count).fill(coded));
  return heif([{ type: 'av01', data, properties: [0, 1] }], [ispe(4000, 3000), config], 'avif');
}

// Five seconds of processor time are many more on a machine with other things to do.
jest.setTimeout(120_000);

describe('a photo that is decoded in a process of its own', () => {
  it('leaves this one free meanwhile', async () => {
    const file = large();
    await decode(SAMPLE);
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 10);
    const { photo } = await decode(file);
    clearInterval(timer);
    expect([photo.width, photo.height]).toEqual([3200, 2400]);
    expect(ticks).toBeGreaterThanOrEqual(10);
  });

  it('is ended at its limit of time and refused for good, and the next one is decoded', async () => {
    const error = await refusal(decode(await endless(2000)));
    expect(error).toMatchObject({ code: 'too-complex', final: true, facts: { maxSeconds: MAX_DECODE_SECONDS } });
    expect(error.message).toBe('The AVIF photo takes more than 5 s to decode; save it as JPEG, or reduce it.');
    expect(difference(middles((await decode(SAMPLE)).photo), QUARTERS)).toBeLessThanOrEqual(4);
  });

  it('is decoded in a fresh process where the kept one has no memory left for it', async () => {
    await decode(SAMPLE);
    const [kept] = workerPids(process.pid, 'decoder-main');
    const decoded = decode(SAMPLE);
    // As its watchdog does: a large photo that follows another one reaches the limit with what that one left.
    process.kill(kept!, SIGNAL_OF_MEMORY);
    expect(difference(middles((await decoded).photo), QUARTERS)).toBeLessThanOrEqual(4);
  });

  it('waits for its turn among many, and each gets its own pixels', async () => {
    const files = await Promise.all([gif(), quarters(200, 100).gif().toBuffer(), SAMPLE]);
    const all = await Promise.all(Array.from({ length: 12 }, (_, i) => decode(files[i % 3]!)));
    expect(all.map(({ photo }) => photo.width)).toEqual(Array(4).fill([160, 200, 160]).flat());
    for (const { photo } of all) expect(difference(middles(photo), QUARTERS)).toBeLessThanOrEqual(4);
  });

  it('keeps nobody from ending', async () => {
    const script = `const { decode } = require('./lib/pipeline/decode');
      decode(require('fs').readFileSync('test/fixtures/sample.heic')).then(({ photo }) => console.log(photo.width));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
      cwd: join(__dirname, '../..'),
      timeout: 50_000,
    });
    expect(stdout).toBe('160\n');
  });
});
