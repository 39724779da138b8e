import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import { build, type Plugin } from 'esbuild';
import { chromium } from 'playwright-core';
import { loadConfig } from '../lib/config';
import { createEngine } from '../lib/engine';
import { DEFAULTS } from '../lib/options';
import type { Asked, Measured } from './browser/page';
import { machine } from './machine';
import { halves, iou, median, overlap } from './scores';
import { clock } from './tasks/task';

// Would it run in a browser, and how fast? `bench/README.md` says what must be installed first.
const ROOT = join(__dirname, '..');
const ORT = join(__dirname, 'peers', 'node_modules', 'onnxruntime-web', 'dist');
const TYPES: Readonly<Record<string, string>> = { '.mjs': 'text/javascript', '.js': 'text/javascript' };

interface Flags {
  readonly photo: string;
  readonly rounds: number;
  readonly chromium: string;
}

/** sharp is replaced by a canvas, and what only Node has by nothing. */
const forBrowsers: Plugin = {
  name: 'for-browsers',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/pipeline\/resize$/ }, () => ({ path: join(__dirname, 'browser', 'canvas.ts') }));
    onResolve({ filter: /^\.\/resize$/ }, () => ({ path: join(__dirname, 'browser', 'canvas.ts') }));
    onResolve({ filter: /^(node:)?(fs|path|crypto|os)$/ }, ({ path }) => ({ path, namespace: 'nothing' }));
    onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'module.exports = {};' }));
  },
};

async function main({ photo, rounds, chromium: executablePath }: Flags): Promise<void> {
  const files = await filesOf(photo);
  const { url, close } = await serve(files);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  const { load, versions, cpu, cpus } = machine();
  say(`${browser.version()} (Chromium), ${cpu}, ${cpus} CPUs, load ${load.toFixed(1)}, ${versions.model}`);
  say(`in Node, one thread: each cut ${(await inNode(photo, rounds)).toFixed(0)} ms`);
  try {
    for (const [what, threads, slowdown] of [
      ['one thread', 1, 1],
      ['two threads', 2, 1],
      ['one thread, four times slower, as phones are', 1, 4],
    ] as const) {
      const page = await browser.newPage();
      page.setDefaultTimeout(180_000);
      page.on('pageerror', (error) => say(String(error)));
      await page.goto(url);
      const client = await page.context().newCDPSession(page);
      await client.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
      const call = `measure(${JSON.stringify({ threads, rounds } satisfies Asked)})`;
      const measured = (await page.evaluate(call)) as Measured;
      report(what, measured);
      say(`  IoU with what Node cuts: ${(await likeness(photo, measured)).toFixed(4)}`);
      await page.close();
    }
    reportSizes(files);
  } finally {
    await browser.close();
    await close();
  }
}

function report(what: string, { network, first, warm }: Measured): void {
  const middle = (part: keyof Measured['warm'][number]) => `${median(warm.map((times) => times[part])).toFixed(0)}`;
  say(`${what}, milliseconds:`);
  say(`  network ready ${network.toFixed(0)}, first cut ${first.toFixed(0)}`);
  const parts = (['decode', 'network', 'refine', 'draw'] as const).map((part) => `${part} ${middle(part)}`);
  say(`  each cut after that ${middle('whole')}: ${parts.join(', ')}`);
}

/** The same in Node, on one thread, for a ratio: machines differ, and this one may be busy. */
async function inNode(photo: string, rounds: number): Promise<number> {
  const { cutOut } = createEngine({ ...loadConfig(), threads: 1 });
  const bytes = readFileSync(photo);
  const options = { ...DEFAULTS, expect: 'dress', crop: true } as const;
  await cutOut(bytes, options);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await clock(() => cutOut(bytes, options)));
  return median(times);
}

async function likeness(photo: string, { alpha }: Measured): Promise<number> {
  const { find } = createEngine(loadConfig());
  const { matte } = await find(readFileSync(photo), { ...DEFAULTS, expect: 'dress' });
  return iou(overlap(halves(Buffer.from(alpha, 'base64')), halves(matte?.alpha ?? new Uint8Array())));
}

function reportSizes(files: ReadonlyMap<string, Buffer>): void {
  const fetched = [...files].filter(([name]) => !/^(index|photo)/.test(name));
  let [all, packed] = [0, 0];
  say('to download, MB (with gzip):');
  for (const [name, bytes] of fetched) {
    const small = gzipSync(bytes).length;
    [all, packed] = [all + bytes.length, packed + small];
    say(`  ${name} ${(bytes.length / 1e6).toFixed(1)} (${(small / 1e6).toFixed(1)})`);
  }
  say(`  together ${(all / 1e6).toFixed(1)} (${(packed / 1e6).toFixed(1)})`);
}

/** All that the page asks for, by its path. */
async function filesOf(photo: string): Promise<ReadonlyMap<string, Buffer>> {
  const bundle = await build({
    absWorkingDir: ROOT,
    entryPoints: ['bench/browser/page.ts'],
    bundle: true,
    write: false,
    minify: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    plugins: [forBrowsers],
    logLevel: 'error',
  });
  const model = readFileSync(join(ROOT, 'models', 'model.json'));
  const { file } = JSON.parse(model.toString()) as { file: string };
  const ort = readdirSync(ORT).filter((name) => /^ort(\.wasm\.min|-wasm-simd-threaded)\.(mjs|wasm)$/.test(name));
  return new Map([
    ['index.html', Buffer.from('<!doctype html><meta charset="utf-8"><script src="page.js"></script>')],
    ['photo.jpg', readFileSync(photo)],
    ['page.js', Buffer.from(bundle.outputFiles[0]?.contents ?? [])],
    ['models/model.json', model],
    [`models/${file}`, readFileSync(join(ROOT, 'models', file))],
    ...ort.map((name) => [`ort/${name}`, readFileSync(join(ORT, name))] as const),
  ]);
}

async function serve(files: ReadonlyMap<string, Buffer>): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer(({ url = '/' }, response) => {
    const name = new URL(url, 'http://localhost').pathname.slice(1) || 'index.html';
    const bytes = files.get(name);
    response.writeHead(bytes === undefined ? 404 : 200, {
      'content-type': TYPES[extname(name)] ?? (name.endsWith('.wasm') ? 'application/wasm' : 'text/html'),
      // Threads share memory, which only pages have that keep to themselves.
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { url, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

const say = (line: string) => process.stdout.write(`${line}\n`);

new Command('npm run bench:browser --')
  .description('The pipeline in Chromium, on onnxruntime-web: seconds and megabytes.')
  .option('--photo <file>', 'a JPEG', join(ROOT, 'test', 'fixtures', 'dress.jpg'))
  .option('--rounds <number>', 'warm cuts of which the median is told', Number, 7)
  .option('--chromium <file>', 'the browser', '/usr/bin/chromium')
  .action((flags: Flags) =>
    main(flags).catch((thrown: unknown) => {
      process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
      process.exitCode = 1;
    }),
  )
  .parse();
