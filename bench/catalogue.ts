import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { embeddedCatalogue } from '../lib/catalogue/embedded';
import { messageOf } from '../lib/errors';
import { median } from './scores';
import { table } from './table';

const NUMBERS = 184;
const QUERIES = 20;

/** `npm run bench:catalogue`: what a catalogue in a file costs, by its size. */
async function main(): Promise<void> {
  const { sizes } = new Command('bench:catalogue')
    .description('Milliseconds for each put and each query, and bytes, of a catalogue in a file.')
    .option('--sizes <numbers>', 'dresses in it, separated by commas', '100,1000,10000')
    .parse()
    .opts<{ sizes: string }>();
  const rows: string[][] = [];
  for (const size of sizes.split(',').map(Number)) rows.push(await measure(size));
  const head = ['dresses', 'ms a put', 'ms a query', 'ms a filtered query', 'bytes a dress', 'own dress first'];
  process.stdout.write(`${table([head, ...rows])}\n`);
}

async function measure(size: number): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dresscut-bench-'));
  const file = join(folder, 'bench.db');
  const catalogue = embeddedCatalogue(file);
  try {
    const version = 'bench-1';
    const traits = { colours: [{ name: 'blue', hex: '#2563c8', share: 1 }], pattern: 'plain', length: 'midi' } as const;
    const started = performance.now();
    for (let i = 0; i < size; i++) {
      const metadata = { price: i % 500, sale: i % 2 === 0 };
      await catalogue.put('bench', {
        id: String(i),
        embedding: { version, vector: vectorOf(i) },
        traits,
        metadata,
        at: 1,
      });
    }
    const put = (performance.now() - started) / size;
    const ask = async (filter: { metadata?: { sale: boolean } }) => {
      const took: number[] = [];
      let first = 0;
      for (let q = 0; q < QUERIES; q++) {
        const i = 2 * Math.floor((q * size) / QUERIES / 2);
        const start = performance.now();
        const [best] = await catalogue.nearest('bench', {
          embedding: { version, vector: vectorOf(i) },
          limit: 10,
          filter,
        });
        took.push(performance.now() - start);
        if (best?.id === String(i)) first += 1;
      }
      return { took: median(took), first };
    };
    const [all, some] = [await ask({}), await ask({ metadata: { sale: true } })];
    const { size: bytes } = await stat(file);
    const cells = [put.toFixed(2), all.took.toFixed(1), some.took.toFixed(1), Math.round(bytes / size)];
    return [String(size), ...cells.map(String), `${all.first} of ${QUERIES}`];
  } finally {
    await catalogue.close();
    await rm(folder, { recursive: true });
  }
}

/** Numbers that look like chance and are the same each time, of length 1 together. */
function vectorOf(seed: number): number[] {
  let state = seed + 1;
  const numbers = Array.from({ length: NUMBERS }, () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32 - 0.5;
  });
  const length = Math.hypot(...numbers);
  return numbers.map((number) => number / length);
}

main().catch((thrown: unknown) => {
  process.stderr.write(`bench:catalogue: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
