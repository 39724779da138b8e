import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Speed } from '../../bench/speed/figures';
import { exponent } from '../../bench/speed/timings';

describe('bench --quick', () => {
  it('measures everything but the peers, and writes figures and a page that fetches nothing', async () => {
    const out = await mkdtemp(join(tmpdir(), 'dresscut-bench-'));
    try {
      const run = ['--require', 'tsx/cjs', 'bench/speed.ts', '--quick', '--out', out];
      await promisify(execFile)(process.execPath, run, { cwd: join(__dirname, '..', '..'), timeout: 280_000 });
      const files = await readdir(out);
      const read = (end: string) => readFile(join(out, files.find((name) => name.endsWith(end)) ?? ''), 'utf8');
      const speed = JSON.parse(await read('.json')) as Speed;
      for (const { whole, unavoidable, steps, peakRss } of speed.timings) {
        for (const figure of [whole, unavoidable, peakRss]) expect(figure).toBeGreaterThan(0);
        for (const step of ['decode', 'segment', 'refine', 'encode']) expect(steps[step]).toBeGreaterThan(0);
      }
      expect(speed.throughput[0]?.perSecond).toBeGreaterThan(0);
      expect(speed.memory.seen.map(({ photos }) => photos)).toEqual([1, 2, 3, 4, 5, 6]);
      for (const { rss } of speed.memory.seen) expect(rss).toBeGreaterThan(50);
      const [onnx, wasm, native] = speed.engines;
      for (const row of [onnx, wasm]) {
        for (const figure of ['load', 'first', 'warm', 'peakRss'] as const) {
          expect(row?.measured?.[figure]).toBeGreaterThan(0);
        }
        expect(row?.modelMb).toBeGreaterThan(1);
        expect(row?.packagesMb).toBeGreaterThan(1);
      }
      // On libtensorflow, or with the reason why not.
      expect(native?.measured?.warm ?? native?.reason).toEqual(
        native?.measured ? expect.any(Number) : expect.stringContaining('@tensorflow/tfjs-node'),
      );
      expect(speed.rivals.map(({ theirs, reason }) => theirs ?? reason)).toEqual([
        expect.any(Number),
        'left out by --quick',
        'left out by --quick',
      ]);
      expect(await read('.html')).not.toMatch(/(src|href)=|url\(|NaN/);
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  }, 290_000);
});

describe('exponent', () => {
  it('finds the power that times grow with', () => {
    const points = [1, 3, 12, 48].map((megapixels) => ({ megapixels, ms: 7 * megapixels ** 0.8 }));
    expect(exponent(points)).toBeCloseTo(0.8, 9);
  });
});
