import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { enginesAll, engineTable } from './engines';
import type { First, Memory, Rival, Speed, Timing } from './figures';
import { machine } from './machine';
import { median } from './scores';
import { speedPage } from './speed-page';
import { ms, table } from './table';
import { clock, photoOf } from './tasks/task';

const ROOT = join(__dirname, '..');
const PEERS = join(__dirname, 'peers');
/** No measurement takes longer; one that does is stopped and reported as failed. */
const LIMIT_MS = 180_000;

/** Heights of the photos to time, pixels, width two thirds: 0.5, 1.5, 12 and 48 megapixels. */
const FULL = {
  heights: [864, 1536, 4243, 8485],
  formats: ['png', 'webp'],
  threads: [1, 2],
  rounds: 7,
  workers: [1, 2, 4],
  seconds: 6,
  photos: 300,
  peers: true,
};
const QUICK: typeof FULL = {
  heights: [432, 864],
  formats: ['png'],
  threads: [1],
  rounds: 2,
  workers: [1],
  seconds: 0.5,
  photos: 6,
  peers: false,
};

async function main(): Promise<void> {
  const { quick, engines, out } = new Command('bench')
    .description('Measure speed and memory, beside what cannot be avoided and beside others, in one run.')
    .option('--quick', 'small photos, few rounds and no peers: does it run at all?', false)
    .option('--engines', 'the engines alone, printed and not written', false)
    .option('--out <dir>', 'where the figures and the page go', join(__dirname, 'results'))
    .parse()
    .opts<{ quick: boolean; engines: boolean; out: string }>();
  const plan = quick ? QUICK : FULL;
  if (engines) {
    process.stdout.write(`${engineTable(await measureEngines(plan))}\n`);
    return;
  }
  const on = machine(); // first, so that its load is not our own
  const timings = await timeAll(plan);
  const result: Speed = {
    date: new Date().toISOString().slice(0, 10),
    quick,
    machine: on,
    timings,
    growth: growthOf(timings),
    first: await firstAll(plan),
    throughput: await throughputAll(plan),
    memory: await memoryOf(plan),
    engines: await measureEngines(plan),
    rivals: await rivalsAll(plan, timings),
  };
  process.stdout.write(`${print(result)}\n`);
  await mkdir(out, { recursive: true });
  const words = `${on.cpu} ${on.cpus} cpus`.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const file = join(out, `${result.date}-${words.join('-')}${quick ? '-quick' : ''}`);
  await writeFile(`${file}.json`, `${JSON.stringify(result, null, 1)}\n`);
  await writeFile(`${file}.html`, speedPage(result));
  process.stdout.write(`\n${file}.json and .html\n`);
}

const measureEngines = (plan: typeof FULL) =>
  enginesAll(3 * plan.rounds, (ask) => {
    say(`network alone, ${JSON.stringify(ask)}`);
    return measure('engine', ask);
  });

const say = (what: string) => process.stderr.write(`${what}\n`);

/** One file of `tasks/` in a process of its own: memory, threads and caches are nobody else's. */
function start(task: string, ask: object): ChildProcess {
  const file = join(__dirname, 'tasks', `${task}.ts`);
  return spawn(process.execPath, ['--require', 'tsx/cjs', file, JSON.stringify(ask)], {
    cwd: ROOT,
    timeout: LIMIT_MS,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** @throws Error with the last line of what the task complained of */
async function measure<T>(task: string, ask: object, input: Uint8Array = new Uint8Array()): Promise<T> {
  const child = start(task, ask);
  const lines = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => (lines.out += chunk));
  child.stderr?.on('data', (chunk: Buffer) => (lines.err += chunk));
  child.stdin?.on('error', () => {}); // a task that failed early reads nothing; its exit says so
  child.stdin?.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  const last = lines.out.trim().split('\n').at(-1) ?? '';
  if (code === 0) return JSON.parse(last) as T;
  const complaint = /^\w*Error.*$/m.exec(lines.err)?.[0] ?? lines.err.trim().split('\n').at(-1);
  throw new Error(`${task}: ${complaint || `ended with ${code ?? `a signal, after at most ${LIMIT_MS} ms`}`}`);
}

async function timeAll({ heights, formats, threads, rounds }: typeof FULL): Promise<Timing[]> {
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
const roundsFor = (rounds: number, height: number): number => (height > 2000 ? Math.min(3, rounds) : rounds);

/** How time grows with pixels: the exponent of the power law that fits best (least squares of the logarithms). */
export function exponent(points: readonly { megapixels: number; ms: number }[]): number {
  const xs = points.map(({ megapixels }) => Math.log(megapixels));
  const ys = points.map((point) => Math.log(point.ms));
  const middle = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [middle(xs), middle(ys)];
  const along = xs.reduce((sum, x, i) => sum + (x - mx) * ((ys[i] as number) - my), 0);
  return along / xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
}

function growthOf(timings: readonly Timing[]): Speed['growth'] {
  const names = [...new Set(timings.map(({ threads, format }) => `${threads} ${format}`))];
  const lines = names.map((name) => timings.filter(({ threads, format }) => `${threads} ${format}` === name));
  return lines.map((line) => {
    const of = (key: 'whole' | 'unavoidable') =>
      exponent(line.map((timing) => ({ megapixels: timing.megapixels, ms: timing[key] })));
    const { threads, format } = line[0] as Timing;
    return { threads, format, whole: of('whole'), unavoidable: of('unavoidable') };
  });
}

async function firstAll({ heights, threads, rounds }: typeof FULL): Promise<First[]> {
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

/** Workers are processes, as on Lambda, where each call has one to itself; one thread each, 1.5 megapixels. */
async function throughputAll({ workers, seconds }: typeof FULL): Promise<Speed['throughput']> {
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

async function memoryOf({ heights, photos }: typeof FULL): Promise<Memory> {
  const height = heights[1] as number;
  say(`memory, ${photos} photos, ${height} pixels high`);
  const megapixels = (height * Math.round((height * 2) / 3)) / 1e6;
  return { megapixels, ...(await measure<Omit<Memory, 'megapixels'>>('memory', { height, photos, looks: 6 })) };
}

const ARTICLE = {
  name: "the article's pipeline",
  measured: 'whole cut-out of 1.5 MP, PNG, one thread',
  can: 'GrabCut at 224 x 224 in five iterations, its UNet (7.76 M parameters), a hard mask',
  cannot: 'soft edges; its weights are random here, so this is its time and says nothing of its masks',
};
const WEB = {
  name: 'onnxruntime-web, WebAssembly',
  measured: 'the network alone, one thread',
  can: 'the same network with the same answer, also in browsers',
  cannot: 'native instructions for int8',
};
const IMGLY = {
  name: '@imgly/background-removal-node (AGPL-3.0)',
  measured: 'whole cut-out of 1.5 MP, PNG',
  can: 'cut any foreground out, the person with the dress',
  cannot: "tell a dress from the person; its threads are its own, and it runs here with this project's sharp",
};

async function rivalsAll(plan: typeof FULL, timings: readonly Timing[]): Promise<Rival[]> {
  const height = plan.peers ? 1536 : 864;
  const ask = { height, rounds: Math.min(5, plan.rounds), threads: 1, peers: PEERS };
  const megapixels = plan.peers ? '1.5 MP' : '0.5 MP';
  const ours = timings.find(
    (timing) =>
      timing.threads === 1 && timing.format === 'png' && timing.megapixels.toFixed(0) === (plan.peers ? '2' : '0'),
  )?.whole;
  const rival = async <T>(
    task: string,
    about: Omit<Rival, 'theirs' | 'ours' | 'peakRss'>,
    read: (answer: T & { peakRss: number }) => Pick<Rival, 'theirs' | 'ours'>,
    needs?: string,
  ): Promise<Rival> => {
    const labelled = { ...about, measured: about.measured.replace('1.5 MP', megapixels) };
    const absent = { ...labelled, theirs: null, ours: null, peakRss: null };
    if (needs !== undefined && !plan.peers) return { ...absent, reason: 'left out by --quick' };
    if (needs !== undefined && !existsSync(join(PEERS, 'node_modules', needs))) {
      return { ...absent, reason: 'not installed; bench/README.md says how' };
    }
    say(about.name);
    try {
      const answer = await measure<T & { peakRss: number }>(task, ask);
      return { ...labelled, ...read(answer), peakRss: answer.peakRss };
    } catch (thrown) {
      return { ...absent, reason: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  };
  const whole = (answer: { whole: number }) => ({ theirs: answer.whole, ours: ours ?? null });
  return [
    await rival<{ whole: number }>('article', ARTICLE, whole),
    await rival<{ network: number; native: number }>(
      'onnx-web',
      WEB,
      (answer) => ({ theirs: answer.network, ours: answer.native }),
      'onnxruntime-web',
    ),
    await rival<{ whole: number }>('imgly', IMGLY, whole, '@imgly'),
  ];
}

function print({ machine: on, timings, growth, first, throughput, memory, engines, rivals }: Speed): string {
  const versions = Object.entries(on.versions).map(([name, version]) => `${name} ${version}`);
  const megapixels = (value: number) => `${value.toFixed(1)} MP`;
  const parts = ['decode', 'segment', 'refine', 'measure', 'compose', 'encode'];
  return [
    `${on.cpus} x ${on.cpu}, ${on.memoryGb} GB, ${on.platform}, load ${on.load.toFixed(2)} before the start`,
    versions.join(', '),
    '\nOne process, warm, milliseconds:',
    table([
      ['threads', 'photo', 'format', 'unavoidable', 'whole', 'ratio', ...parts, 'peak RSS MB'],
      ...timings.map((t) => [
        ...[t.threads, megapixels(t.megapixels), t.format, ms(t.unavoidable), ms(t.whole), t.ratio.toFixed(2)],
        ...parts.map((part) => ms(t.steps[part] ?? 0)),
        t.peakRss,
      ]),
    ]),
    '\nGrowth: time ~ pixels to the power of',
    table([
      ['threads', 'format', 'unavoidable', 'whole'],
      ...growth.map((g) => [g.threads, g.format, g.unavoidable.toFixed(2), g.whole.toFixed(2)]),
    ]),
    '\nWhole process, start to end, one photo, PNG, TypeScript loaded as it lies, milliseconds:',
    table([
      ['threads', 'photo', 'unavoidable', 'whole', 'peak RSS MB'],
      ...first.map((f) => [f.threads, megapixels(f.megapixels), ms(f.unavoidable), ms(f.whole), f.peakRss]),
    ]),
    '\nThroughput, 1.5 MP, processes of one thread:',
    table([['workers', 'photos a second'], ...throughput.map((t) => [t.workers, t.perSecond.toFixed(1)])]),
    `\nResident memory of one process, ${megapixels(memory.megapixels)}, MB (peak ${memory.peakRss}):`,
    table([
      ['photos', ...memory.seen.map(({ photos }) => photos)],
      ['MB', ...memory.seen.map(({ rss }) => rss)],
    ]),
    '\nEngines, the network alone at the served size, each in a process of its own, one thread:',
    engineTable(engines),
    '\nBeside others:',
    table([
      ['what', 'measured', 'theirs ms', 'ours ms', 'peak RSS MB', 'can', 'cannot'],
      ...rivals.map((r) => [
        ...[
          r.name,
          r.measured,
          r.theirs === null ? (r.reason ?? '-') : ms(r.theirs),
          r.ours === null ? '-' : ms(r.ours),
        ],
        ...[r.peakRss ?? '-', r.can, r.cannot],
      ]),
    ]),
  ].join('\n');
}

if (require.main === module) void main();
