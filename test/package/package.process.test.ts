import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { devDependencies } from '../../package.json';
import { blocksOf, ROOT, readDocument } from '../helpers/markdown';
import { emptyFolder, pack, runApart } from '../helpers/packed';
import { workerPids } from '../helpers/worker-pids';

// What people get: `npm pack`, and the tarball installed in a folder that knows nothing of this one.
const PHOTO = join(ROOT, 'test', 'fixtures', 'dress.jpg');
const TSC = join(ROOT, 'node_modules', '.bin', 'tsc');
/** A build, an installation from the registry and several processes, on a machine that may be busy; milliseconds. */
const PATIENCE = 600_000;
jest.setTimeout(PATIENCE);
const MEGABYTE = 1e6;
const QUIET = ['--no-audit', '--no-fund', '--foreground-scripts'];

let here: string;
let packed: Awaited<ReturnType<typeof pack>>;
beforeAll(async () => {
  here = await emptyFolder('package');
  packed = await pack(here);
  const beside = ['express', '@types/express', '@types/node'] as const;
  const others = beside.map((name) => `${name}@${devDependencies[name]}`);
  const { code, stderr } = await runApart('npm', ['install', ...QUIET, packed.tarball, ...others], here);
  if (code !== 0) throw new Error(`npm install failed:\n${stderr}`);
  await copyFile(PHOTO, join(here, 'photo.jpg'));
}, PATIENCE);
afterAll(() => rm(here, { recursive: true, force: true }));

/** Compiles a program as its author would, to JavaScript beside it. */
async function compile(name: string, text: string, { skipLibCheck = false } = {}): Promise<string> {
  await writeFile(join(here, name), text);
  const flags = `--strict --target es2022 --module nodenext --types node --skipLibCheck ${skipLibCheck}`.split(' ');
  const { code, stdout } = await runApart(TSC, [...flags, name], here);
  expect(`${code}\n${stdout}`).toBe('0\n');
  return name.replace(/ts$/, 'js');
}

const node = (...args: string[]) => runApart(process.execPath, args, here);

describe('the tarball', () => {
  test('holds what runs, the network and licences, and nothing of anybody', () => {
    const kinds = [
      /^(package\.json|LICENSE|NOTICE|README\.md)$/,
      /^build\/[\w-]+\.(js|js\.map|mjs|d\.mts|css|wasm)$/,
      /^build\/(static|http)\/[\w./-]+\.(html|css|m?js|svg|jpg)$/,
      /^build\/types\/[\w./-]+\.d\.ts$/,
      /^build\/THIRD-PARTY-LICENCES\.txt$/,
      /^models\/(model\.json|MODEL_CARD\.md|[\w-]+-int8\.onnx)$/,
      /^npm\/skip-cuda\.cjs$/,
      /^licenses\/L?GPL-3\.0\.txt$/,
    ];
    expect(packed.files.filter((file) => !kinds.some((kind) => kind.test(file)))).toEqual([]);
    expect(packed.unpacked).toBeLessThan(30 * MEGABYTE);
  });

  test('brings the licences that its notice names', async () => {
    const notice = await readFile(join(here, 'node_modules/dresscut/NOTICE'), 'utf8');
    const named = notice.match(/\blicenses\/[\w.-]+\.txt/g) ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect(packed.files).toEqual(expect.arrayContaining(named));
  });

  test('brings the network that the manifest names', async () => {
    const { file } = JSON.parse(await readFile(join(ROOT, 'models', 'model.json'), 'utf8'));
    expect(packed.files).toContain(`models/${file}`);
  });

  test('needs three packages and nothing that only Lambda or a clone needs', async () => {
    const { dependencies } = JSON.parse(await readFile(join(here, 'node_modules/dresscut/package.json'), 'utf8'));
    expect(Object.keys(dependencies).sort()).toEqual(['libheif-js', 'onnxruntime-node', 'sharp']);
    const installed = await readdir(join(here, 'node_modules'));
    for (const name of ['@aws-sdk', '@tensorflow', '@20minutes', 'tsx', 'hono', 'zod', 'commander']) {
      expect(installed).not.toContain(name);
    }
  });

  test('never lets the CUDA libraries come', async () => {
    const folder = join(here, 'node_modules', 'onnxruntime-node', 'bin', 'napi-v6', 'linux', 'x64');
    const names = (await readdir(folder)).filter((name) => name.includes('providers'));
    for (const name of names) expect((await stat(join(folder, name))).size).toBe(0);
  });
});

test(
  'npm 10 installs it, too, without the CUDA libraries',
  async () => {
    const folder = await emptyFolder('npm10');
    try {
      const args = ['--yes', 'npm@10.9.9', 'install', ...QUIET, packed.tarball];
      const { code, stdout } = await runApart('npx', args, folder);
      expect(stdout).not.toContain('Downloading');
      expect(code).toBe(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  PATIENCE,
);

describe('the command', () => {
  test('cuts a photo, and says where the cut-out lies', async () => {
    const { code, stdout, stderr } = await runApart('npx', ['--no', 'dresscut', 'photo.jpg'], here);
    expect(stdout).toMatch(/^results\/photo\.png: the dress is cut out /);
    expect(stderr).toContain('1 cut');
    expect(code).toBe(0);
    expect(await sharp(join(here, 'results/photo.png')).metadata()).toMatchObject({ width: 1024, channels: 4 });
  });

  test('reads HEIC in its decoder process, and writes a report', async () => {
    await copyFile(join(ROOT, 'test', 'fixtures', 'sample.heic'), join(here, 'sample.heic'));
    const { stdout } = await runApart('npx', ['--no', 'dresscut', 'sample.heic', '--json', '--report'], here);
    expect(JSON.parse(stdout).photo.format).toBe('heic');
    expect(await readFile(join(here, 'results/report.html'), 'utf8')).toContain('sample.heic');
  });
});

describe('the library', () => {
  const PROGRAM = `import { readFile } from 'node:fs/promises';
import { createDresscut, DresscutError, type Findings } from 'dresscut';
const dresscut = await createDresscut({ threads: 1 });
const found = await dresscut.find(await readFile('photo.jpg'));
const { verdict }: Findings = found.findings;
const png = await dresscut.render(found, { crop: true, margin: '10%', background: 'white', format: 'jpeg' });
const text = await dresscut.find(new TextEncoder().encode('no photo at all')).catch((thrown) => thrown);
const late = await dresscut.cutOut(new Blob([await readFile('photo.jpg')]), { signal: AbortSignal.timeout(1) }).catch(String);
await dresscut.close();
console.log(verdict, png.contentType, png.width < found.photo.width, text instanceof DresscutError && text.code, late);
`;

  test('is an ES module with types that need no others', async () => {
    const { stdout, stderr } = await node(await compile('program.mts', PROGRAM));
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^(ok|review) image\/jpeg true unsupported-format TimeoutError/);
  });

  test('is a CommonJS module, too, and the same one', async () => {
    const body = PROGRAM.replace(
      /^import .*'dresscut';$/m,
      "import { createDresscut, DresscutError, type Findings } from 'dresscut';",
    )
      .replace(/^const dresscut/m, 'async function main() {\n$&')
      .concat(
        "const both = (await import('dresscut')).DresscutError === DresscutError;\nconsole.log(both);\n}\nmain();\n",
      );
    const { stdout, stderr } = await node(await compile('program.cts', body));
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^(ok|review) image\/jpeg true unsupported-format TimeoutError.*\ntrue\n$/);
  });

  test('leaves sharp as its host uses it', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
    await writeFile(
      join(here, 'svg.cjs'),
      `const { createDresscut } = require('dresscut');
       createDresscut().then(async (dresscut) => {
         console.log((await require('sharp')(Buffer.from('${svg}')).metadata()).format);
         await dresscut.close();
       });`,
    );
    expect(await node('svg.cjs')).toMatchObject({ stdout: 'svg\n', stderr: '', code: 0 });
  });
});

test('its service cuts in a worker of its own, and both end together', async () => {
  const main = join(here, 'node_modules', 'dresscut', 'build', 'serve.js');
  const server = spawn(process.execPath, [main], { cwd: here, env: { ...process.env, PORT: '0' } });
  const closed = once(server, 'close');
  let said = '';
  server.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  try {
    let url: string | undefined;
    while (url === undefined && server.exitCode === null) {
      await sleep(50);
      url = /page +(http\S+)\//.exec(said)?.[1];
    }
    const body = new Uint8Array(await readFile(PHOTO));
    expect((await fetch(`${url}/v1/cutouts?expect=dress`, { method: 'POST', body })).status).toBe(200);
    expect(workerPids(server.pid ?? 0)).toHaveLength(1);
  } finally {
    server.kill('SIGTERM');
    // The worker writes its log where the service does: that ends when both have.
    await closed;
  }
});

describe.each(['22', '24'])('Node %s', (major) => {
  // As the npm registry has it, for the processors that it has it for.
  const name = `node-${process.platform}-${process.arch}`;
  const folder = () => join(here, `node-${major}`);
  const binary = () => join(folder(), 'node_modules', name, 'bin', 'node');
  const isHad = process.platform === 'linux';
  beforeAll(async () => {
    if (!isHad) return;
    await mkdir(folder());
    await writeFile(join(folder(), 'package.json'), '{}');
    const { code, stderr } = await runApart('npm', ['install', ...QUIET, `${name}@${major}`], folder());
    if (code !== 0) throw new Error(`${name}@${major} could not be installed:\n${stderr}`);
  }, PATIENCE);

  test('runs the command, and the library as both kinds of module', async () => {
    if (!isHad) return;
    const command = ['node_modules/dresscut/build/dresscut.js', 'photo.jpg', '--out', `by-${major}`];
    const { code, stdout } = await runApart(binary(), command, here);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/: the dress is cut out /)]);
    const call =
      'createDresscut().then(async (d) => { console.log(process.version, d.model.name); await d.close(); });';
    await writeFile(join(here, 'loaded.cjs'), `const { createDresscut } = require('dresscut');\n${call}`);
    await writeFile(join(here, 'loaded.mjs'), `import { createDresscut } from 'dresscut';\n${call}`);
    for (const file of ['loaded.cjs', 'loaded.mjs']) {
      const loaded = await runApart(binary(), [file], here);
      expect(loaded).toMatchObject({ stdout: expect.stringMatching(`^v${major}\\..* dressnet\n$`), stderr: '' });
    }
  });
});

describe('the examples in docs/library.md', () => {
  const blocks = blocksOf(readDocument('docs/library.md')).filter(({ language }) => language === 'ts');
  const example = async (sign: string) => {
    const found = blocks.filter(({ text }) => text.includes(sign));
    expect(found).toHaveLength(1);
    return compile(`${sign.replace(/\W/g, '')}.ts`, found[0]?.text ?? '', { skipLibCheck: true });
  };

  test('the first one writes a cut-out', async () => {
    const { stdout, stderr } = await node(await example("'dress.png'"));
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^(ok|review) /);
    expect((await sharp(join(here, 'dress.png')).metadata()).channels).toBe(4);
  });

  test('two dresses are described and compared', async () => {
    for (const name of ['one.jpg', 'other.jpg']) await copyFile(PHOTO, join(here, name));
    const { stdout, stderr } = await node(await example("'other.jpg'"));
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^blue plain knee\n(1|1\.0000\d*|0\.9999\d*)\n$/);
  });

  test('Express answers with a cut-out, findings, or what is wrong', async () => {
    const port = 20_000 + (process.pid % 20_000);
    const server = spawn(process.execPath, [await example('express()')], {
      cwd: here,
      env: { ...process.env, PORT: String(port) },
    });
    try {
      const post = (body: Uint8Array<ArrayBuffer>) => fetch(`http://127.0.0.1:${port}/dress`, { method: 'POST', body });
      const photo = new Uint8Array(await readFile(PHOTO));
      let answer: Response | undefined;
      while (answer === undefined && server.exitCode === null) answer = await post(photo).catch(() => undefined);
      expect(answer?.headers.get('content-type')).toBe('image/webp');
      await answer?.arrayBuffer();
      const none = await post(new Uint8Array(await readFile(join(ROOT, 'test', 'fixtures', 'no-dress.jpg'))));
      expect(none.status).toBe(422);
      expect(await none.json()).toMatchObject({ verdict: 'no_dress' });
      expect((await post(new TextEncoder().encode('text'))).status).toBe(415);
    } finally {
      const closed = once(server, 'close');
      server.kill();
      await closed;
    }
  });

  test('the route of Next.js answers a request', async () => {
    const route = await example('runtime =');
    await writeFile(
      join(here, 'call.mjs'),
      `import { readFile } from 'node:fs/promises';
       import { POST } from './${route}';
       const call = (body) => POST(new Request('http://localhost/dress', { method: 'POST', body }));
       const answers = await Promise.all([call(await readFile('photo.jpg')), call('text')]);
       console.log(answers.map(({ status }) => status).join(), answers[0].headers.get('content-type'));
       process.exit();`,
    );
    expect(await node('call.mjs')).toMatchObject({ stdout: '200,415 image/png\n', stderr: '' });
  });

  test('the sharp pipeline puts the dress before another background', async () => {
    const { stderr } = await node(await example("'on-cream.jpg'"));
    expect(stderr).toBe('');
    const { data } = await sharp(join(here, 'on-cream.jpg'))
      .extract({ left: 0, top: 0, width: 1, height: 1 })
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([...data].every((value, i) => Math.abs(value - ([0xe8, 0xe2, 0xda][i] ?? 0)) < 6)).toBe(true);
  });

  test('the pool of workers cuts a folder and ends', async () => {
    await mkdir(join(here, 'photos'));
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) await copyFile(PHOTO, join(here, 'photos', name));
    const { stdout, stderr } = await node(await example('isMainThread'));
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n').sort()).toEqual(
      ['a', 'b', 'c'].map((name) => expect.stringMatching(`^photos/${name}.jpg: `)),
    );
    expect((await readdir(join(here, 'photos'))).filter((name) => name.endsWith('.png'))).toHaveLength(3);
  });
});
