import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { blocksOf, ROOT, readDocument } from '../helpers/markdown';

// Every command that the documents print for this machine is typed into a shell, beside a running `npm start`.
const DOCUMENTS = [
  'README.md',
  'docs/http-api.md',
  'docs/s3.md',
  'docs/command-line.md',
  'docs/similar.md',
  'docs/library.md',
];
const NODE = `"${process.execPath}" --require "${require.resolve('tsx/cjs')}"`;
/** One block starts five processes; on a machine that is busy with other tests each takes half a minute. */
const PATIENCE = 600_000;

/** Not for this machine, or tested where it belongs: accounts, installing, whole test runs, servers. */
const ELSEWHERE =
  /^(npm (ci|start|install|run (check|package|deploy|enqueue|serve|bench|evaluate))|aws |export AWS|git )/;
const HAS_JQ = spawnSync('jq', ['--version']).status === 0;

let here: string;
let server: ChildProcess;
let http: string;
let s3: string;

beforeAll(async () => {
  here = await mkdtemp(join(tmpdir(), 'dresscut-docs-'));
  await symlink(join(ROOT, 'samples'), join(here, 'samples'));
  await cp(join(ROOT, 'samples', 'flat.jpg'), join(here, 'photo.jpg'));
  await mkdir(join(here, 'photos'));
  const dot = { kind: 'keep', points: [[330, 300]], radius: 10 };
  await writeFile(join(here, 'strokes.json'), JSON.stringify([dot]));
  // The same names once more, and no photo among them shows a dress.
  const none = join(ROOT, 'test', 'fixtures', 'no-dress.jpg');
  for (const folder of ['photos', 'samples']) await mkdir(join(here, 'refused', folder), { recursive: true });
  const samples = (await readdir(join(ROOT, 'samples'))).filter((name) => name.endsWith('.jpg'));
  const places = ['photo.jpg', join('photos', '1.jpg'), ...samples.map((name) => join('samples', name))];
  await Promise.all(places.map((place) => cp(none, join(here, 'refused', place))));
  await cp(join(ROOT, 'samples', 'flat.jpg'), join(here, 'photos', '1.jpg'));
  await cp(join(here, 'strokes.json'), join(here, 'refused', 'strokes.json'));
  const script = [`--require`, require.resolve('tsx/cjs'), join(ROOT, 'bin', 'start.ts'), '--no-demo', '--data', here];
  server = spawn(process.execPath, script, { env: { ...process.env, PORT: '0', S3_PORT: '0' } });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  for (let tries = 0; tries < 1200 && !/S3 +http:/.test(said) && server.exitCode === null; tries += 1) await sleep(50);
  http = /page +(http:\S+?)\/?\s/.exec(said)?.[1] ?? '';
  s3 = /S3 +(http:\S+)/.exec(said)?.[1] ?? '';
  if (http === '' || s3 === '') throw new Error(`npm start did not come up:\n${said}`);
  // The first call waits for the network as well; where the machine is busy, longer than a call may take.
  const isReady = () =>
    fetch(`${http}/v1/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  for (let tries = 0; tries < 20 && !(await isReady()); tries += 1) await sleep(1000);
}, PATIENCE);

afterAll(async () => {
  server.kill('SIGTERM');
  await rm(here, { recursive: true, force: true });
});

const commands = DOCUMENTS.flatMap((path) =>
  blocksOf(readDocument(path))
    .filter(({ language }) => language === '')
    .map(({ text, line }) => {
      const lines = text.replaceAll(/\\\n\s*/g, '').split('\n');
      return { at: `${path}:${line}`, script: lines.filter((each) => !ELSEWHERE.test(each)).join('\n') };
    })
    .filter(({ script }) => /^(curl|npm run|npx dresscut|DRESSCUT_)/m.test(script)),
);

test('there are commands to run', () => {
  expect(commands.length).toBeGreaterThan(8);
});

test.each(commands)(
  '$at does what it says',
  async ({ at, script }) => {
    if (/\bjq\b/.test(script) && !HAS_JQ) {
      process.stderr.write(`SKIPPED: ${at} needs jq, which is not here\n`);
      return;
    }
    const before = new Set(await readdir(here));
    const local = localised(script);
    await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', local], { cwd: here, timeout: PATIENCE - 10_000 });
    for (const name of await readdir(here)) {
      if (before.has(name) || !/\.(png|jpg|svg|json|zip)$/.test(name)) continue;
      expect([name, kindOf(await readFile(join(here, name)))]).toEqual([name, name.split('.').at(-1)]);
      await rm(join(here, name));
    }
  },
  PATIENCE,
);

/** All that was said. Typed line by line, a shell goes on after a line that failed. */
async function typed(script: string, cwd: string): Promise<string> {
  const options = { cwd, timeout: PATIENCE - 10_000, encoding: 'utf8' as const };
  return promisify(execFile)('bash', ['-o', 'pipefail', '-c', localised(script)], options).then(
    ({ stdout, stderr }) => stdout + stderr,
    ({ stdout, stderr, killed }: { stdout: string; stderr: string; killed: boolean }) => {
      if (killed) throw new Error(`this hangs:\n${script}\n${stdout}${stderr}`);
      return stdout + stderr;
    },
  );
}

test.each(commands.filter(({ script }) => /photo|samples/.test(script)))(
  '$at with a photo that shows no dress says so, and ends',
  async ({ at, script }) => {
    if (/\bjq\b/.test(script) && !HAS_JQ) {
      process.stderr.write(`SKIPPED: ${at} needs jq, which is not here\n`);
      return;
    }
    const cwd = join(here, 'refused');
    const before = new Set(await readdir(cwd));
    // Keys of their own: a receipt of before would else answer first.
    const said = await typed(script.replaceAll('/shop/', '/refused/'), cwd);
    const made = (await readdir(cwd)).filter((name) => !before.has(name) && /\.\w+$/.test(name));
    const written = await Promise.all(made.map((name) => readFile(join(cwd, name), 'latin1')));
    for (const name of made) await rm(join(cwd, name));
    expect(said).not.toMatch(/^\s+at .*[:(]\d+/m);
    // remove.bg's route and strokes take for granted that there is a dress; a count, or an upload alone, hears of none.
    const hears =
      /curl .*-o |(npm run|npx) .*dresscut/.test(script) &&
      !/removebg|expect=dress|--expect dress|strokes|enqueue/.test(script);
    if (hears) {
      expect([said, ...written].join('\n')).toMatch(/no[ _-]dress/i);
    }
  },
  PATIENCE,
);

test(
  'the TypeScript quick start cuts a photo, and says why one is refused',
  async () => {
    const quick = blocksOf(readDocument('docs/http-api.md')).find(({ language }) => language === 'ts');
    const call = `import { readFileSync, writeFileSync } from 'node:fs';
cutDress(new Blob([readFileSync('photo.jpg')]), '${http}', 'any')
  .then(async (dress) => writeFileSync('quick.png', Buffer.from(await dress.arrayBuffer())));`;
    await writeFile(join(here, 'quick.ts'), `${quick?.text}\n${call}\n`);
    await promisify(execFile)('bash', ['-euc', `${NODE} quick.ts`], { cwd: here, timeout: PATIENCE - 10_000 });
    expect(kindOf(await readFile(join(here, 'quick.png')))).toBe('png');
    const refused = `import { readFileSync } from 'node:fs';
cutDress(new Blob([readFileSync('refused/photo.jpg')]), '${http}', 'any')
  .catch(({ code, message, retryable }) => console.log(code, retryable, message));`;
    await writeFile(join(here, 'refused.ts'), `${quick?.text}\n${refused}\n`);
    const { stdout } = await promisify(execFile)('bash', ['-euc', `${NODE} refused.ts`], { cwd: here });
    expect(stdout).toMatch(/^no-dress false The photo shows no dress/);
  },
  PATIENCE,
);

/** A script with the addresses and programs of this test. */
function localised(script: string): string {
  return script
    .replaceAll('http://127.0.0.1:3000', http)
    .replaceAll('http://127.0.0.1:9000', s3)
    .replaceAll('npx dresscut', 'npm run dresscut --')
    .replaceAll(/npm run (?:--silent )?(dresscut|enqueue) --/g, `${NODE} "${join(ROOT, 'bin')}/$1.ts"`);
}

/** The ending that a file should have, by its first bytes. */
function kindOf(bytes: Buffer): string {
  const start = bytes.subarray(0, 4).toString('latin1');
  if (start === '\x89PNG') return 'png';
  if (start.startsWith('\xff\xd8\xff')) return 'jpg';
  if (start === '<svg') return 'svg';
  if (start.startsWith('PK')) return 'zip';
  return start.startsWith('{') ? 'json' : start;
}
