import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

// The command as a user runs it: a process of its own, the real network, real files.
const root = join(__dirname, '..', '..');
// As `npm run dresscut` does: tsx as a loader. The tsx command is a process in between that waits 30 ms for an
// answer to Ctrl-C and then kills; a photo in work takes longer, and half-written files stayed behind.
const loader = require.resolve('tsx/cjs');
const fixture = (name: string) => join(root, 'test', 'fixtures', name);
/** Each of these starts the process up to twice, on a machine that may be busy; milliseconds. */
const PATIENCE = 180_000;

let here: string;
beforeAll(async () => {
  here = await mkdtemp(join(tmpdir(), 'dresscut-'));
  await mkdir(join(here, 'photos', 'more'), { recursive: true });
  await copyFile(fixture('dress.jpg'), join(here, 'photos', 'dress.jpg'));
  await copyFile(fixture('no-dress.jpg'), join(here, 'photos', 'more', 'no-dress.jpg'));
  const whole = await readFile(fixture('dress.jpg'));
  await writeFile(join(here, 'photos', 'bad.jpg'), whole.subarray(0, whole.length / 3));
});
afterAll(() => rm(here, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param interruptAt send Ctrl-C once standard output holds this */
function dresscut(args: readonly string[], interruptAt?: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // A process group of its own, because a terminal sends Ctrl-C to a whole group.
    const child = spawn(process.execPath, ['--require', loader, join(root, 'bin', 'dresscut.ts'), ...args], {
      cwd: here,
      detached: true,
    });
    let stdout = '';
    let stderr = '';
    let sent = false;
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (interruptAt === undefined || sent || !stdout.includes(interruptAt)) return;
      sent = true;
      process.kill(-(child.pid as number), 'SIGINT');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

async function contents(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(join(here, folder), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name));
  const read = files.sort().map(async (file) => {
    return [file.slice(join(here, folder).length + 1), (await readFile(file)).toString('base64')] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

test(
  'a folder with a dress, none, and a damaged file: cuts what it can, says the rest, exits 1',
  async () => {
    const { code, stdout, stderr } = await dresscut(['photos', '--json', '--report']);
    expect(code).toBe(1);

    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ source }) => source)).toEqual([
      'photos/bad.jpg',
      'photos/dress.jpg',
      'photos/more/no-dress.jpg',
    ]);
    const [bad, dress, none] = lines;
    expect(bad).toMatchObject({ result: null, error: { code: 'undecodable-image' } });
    expect(dress).toMatchObject({ result: 'results/dress.png', photo: { width: 1024, height: 1536, format: 'jpeg' } });
    expect(['ok', 'review']).toContain(dress.verdict);
    expect(none).toMatchObject({ result: null, verdict: 'no_dress', box: null });
    expect(stderr).toContain('photos/bad.jpg: could not be cut.');
    expect(stderr).toContain('photos/more/no-dress.jpg: no dress found (no_dress)');
    expect(stderr).toMatch(/1 cut, [01] of them to review, 1 without a dress, 1 failed; \d+\.\d s/);

    expect(Object.keys(await contents('results'))).toEqual(['dress.png', 'report.html']);
    const { data, info } = await sharp(join(here, 'results/dress.png')).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 1024, height: 1536, channels: 4 });
    const alpha = data.filter((_, i) => i % 4 === 3);
    expect(alpha[0]).toBe(0);
    expect(alpha.filter((value) => value > 127).length / alpha.length).toBeCloseTo(dress.coverage, 1);

    const first = await contents('results');
    const again = await dresscut(['photos', '--json', '--report']);
    expect(again.code).toBe(1);
    expect(await contents('results')).toEqual(first);
  },
  PATIENCE,
);

test(
  'masks are 8-bit PNGs of the upright photo, under its name',
  async () => {
    const { code, stdout } = await dresscut([
      'photos/dress.jpg',
      '--output',
      'mask',
      '--expect',
      'dress',
      '--out',
      'masks',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^masks\/dress\.png: the dress is cut out /);
    const { format, width, height, channels, depth } = await sharp(join(here, 'masks/dress.png')).metadata();
    expect({ format, width, height, channels, depth }).toEqual({
      format: 'png',
      width: 1024,
      height: 1536,
      channels: 1,
      depth: 'uchar',
    });
  },
  PATIENCE,
);

test(
  'wrong usage exits 2, with a sentence and no stack',
  async () => {
    const { code, stdout, stderr } = await dresscut(['photos', '--background', 'no such colour']);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Expected background to be transparent, or a colour such as white');
    expect(stderr).not.toMatch(/^\s+at /m);
  },
  PATIENCE,
);

test(
  'Ctrl-C ends a run with 130 and leaves only whole files',
  async () => {
    await mkdir(join(here, 'many'));
    for (let i = 0; i < 12; i++) await copyFile(fixture('dress.jpg'), join(here, 'many', `${i}.jpg`));
    const { code, stderr } = await dresscut(
      ['many', '--out', 'stopped', '--json', '--report', '--expect', 'dress'],
      '}\n',
    );
    expect(code).toBe(130);
    expect(stderr).toMatch(/Stopped after \d+ of 12 photos/);
    const left = Object.keys(await contents('stopped'));
    expect(left.length).toBeGreaterThan(0);
    for (const name of left) {
      expect(name).toMatch(/^\d+\.png$/);
      const { info } = await sharp(join(here, 'stopped', name))
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(info.height).toBe(1536);
    }
  },
  PATIENCE,
);
