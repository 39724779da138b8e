import type { Speed, Timing } from './figures';
import type { Plan } from './plan';
import { measure, say } from './processes';

/** Whole cut-outs in one warm process, for every number of threads, format and size. */
export async function timeAll({ heights, formats, threads, rounds }: Plan): Promise<Timing[]> {
  const timings: Timing[] = [];
  for (const thread of threads) {
    for (const format of formats) {
      for (const height of heights) {
        say(`cut-out, ${thread} thread(s), ${format}, ${height} pixels high`);
        const ask = { height, format, rounds: roundsFor(rounds, height), threads: thread };
        timings.push({
          threads: thread,
          format,
          ...(await measure<Omit<Timing, 'threads' | 'format'>>('cut-out', ask)),
        });
      }
    }
  }
  return timings;
}

/** Large photos take seconds and vary less. */
export const roundsFor = (rounds: number, height: number): number => (height > 2000 ? Math.min(3, rounds) : rounds);

/** How time grows with pixels: the exponent of the power law that fits best (least squares of the logarithms). */
export function exponent(points: readonly { megapixels: number; ms: number }[]): number {
  const xs = points.map(({ megapixels }) => Math.log(megapixels));
  const ys = points.map((point) => Math.log(point.ms));
  const middle = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [middle(xs), middle(ys)];
  const along = xs.reduce((sum, x, i) => sum + (x - mx) * ((ys[i] as number) - my), 0);
  return along / xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
}

/** Of each line of photos from small to large. */
export function growthOf(timings: readonly Timing[]): Speed['growth'] {
  const names = [...new Set(timings.map(({ threads, format }) => `${threads} ${format}`))];
  const lines = names.map((name) => timings.filter(({ threads, format }) => `${threads} ${format}` === name));
  return lines.map((line) => {
    const of = (key: 'whole' | 'unavoidable') =>
      exponent(line.map((timing) => ({ megapixels: timing.megapixels, ms: timing[key] })));
    const { threads, format } = line[0] as Timing;
    return { threads, format, whole: of('whole'), unavoidable: of('unavoidable') };
  });
}
