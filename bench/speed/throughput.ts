import { createInterface } from 'node:readline';
import type { Memory, Speed } from './figures';
import type { Plan } from './plan';
import { measure, say, start } from './processes';

/** Workers are processes, as on Lambda, where each call has one to itself; one thread each, 1.5 megapixels. */
export async function throughputAll({ workers, seconds }: Plan): Promise<Speed['throughput']> {
  const found: { workers: number; perSecond: number }[] = [];
  for (const count of workers) {
    say(`throughput, ${count} worker(s)`);
    const crew = Array.from({ length: count }, () => start('throughput', { height: 1536, seconds, threads: 1 }));
    const lines = crew.map(({ stdout }) =>
      createInterface({ input: stdout as NodeJS.ReadableStream })[Symbol.asyncIterator](),
    );
    const next = () =>
      Promise.all(
        lines.map(async (line) => {
          const { value, done } = await line.next();
          if (done) throw new Error('a worker ended before its answer');
          return String(value);
        }),
      );
    try {
      await next(); // ready
      for (const { stdin } of crew) stdin?.write('go\n');
      const answers = await next();
      const rates = answers.map((line) => (JSON.parse(line) as { perSecond: number }).perSecond);
      found.push({ workers: count, perSecond: rates.reduce((sum, rate) => sum + rate, 0) });
    } finally {
      for (const worker of crew) worker.kill();
    }
  }
  return found;
}

/** One process cuts one photo again and again. */
export async function memoryOf({ heights, photos }: Plan): Promise<Memory> {
  const height = heights[1] as number;
  say(`memory, ${photos} photos, ${height} pixels high`);
  const megapixels = (height * Math.round((height * 2) / 3)) / 1e6;
  return { megapixels, ...(await measure<Omit<Memory, 'megapixels'>>('memory', { height, photos, looks: 6 })) };
}
