import { median } from '../scores';
import { clock, photoOf } from '../tasks/task';
import type { First } from './figures';
import type { Plan } from './plan';
import { measure, say } from './processes';

/** A process from its start to its end, for one photo. */
export async function firstAll({ heights, threads, rounds }: Plan): Promise<First[]> {
  const found: First[] = [];
  for (const thread of threads) {
    for (const height of heights) {
      say(`whole process, ${thread} thread(s), ${height} pixels high`);
      const photo = await photoOf(height);
      const took: Record<'whole' | 'unavoidable', number[]> = { whole: [], unavoidable: [] };
      let peakRss = 0;
      for (let round = 0; round < Math.min(3, rounds); round++) {
        for (const kind of ['unavoidable', 'whole'] as const) {
          const ask = { threads: thread, unavoidable: kind === 'unavoidable' };
          const all = await clock(async () => {
            const answer = await measure<{ peakRss: number }>('first', ask, photo);
            if (kind === 'whole') peakRss = Math.max(peakRss, answer.peakRss);
          });
          took[kind].push(all);
        }
      }
      const megapixels = (height * Math.round((height * 2) / 3)) / 1e6;
      const [whole, unavoidable] = [median(took.whole), median(took.unavoidable)];
      found.push({ threads: thread, megapixels, whole, unavoidable, peakRss });
    }
  }
  return found;
}
