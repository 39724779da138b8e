import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import sharp from 'sharp';
import { run, type Surroundings } from '../../bin/cut/command';
import type { CutOut } from '../../lib/cut-out';
import { DresscutError } from '../../lib/errors';
import type { CutOutOptions } from '../../lib/options';
import { NOTHING_SEEN } from '../helpers/nothing-seen';

let here: string;
beforeEach(async () => {
  here = await mkdtemp(join(tmpdir(), 'dresscut-'));
});
afterEach(() => rm(here, { recursive: true, force: true }));

/** Keeps what is written to it. */
class Pipe extends Writable {
  text = '';
  isTTY = false;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

const TRAITS = {
  colours: [
    { name: 'dark blue', hex: '#1b2a4c', share: 0.8 },
    { name: 'white', hex: '#f0efee', share: 0.2 },
  ],
  pattern: 'patterned',
  length: 'unknown',
} as const;

/** A use-case that answers by what a "photo" says: `ok`, `review`, `none`, or an error. Anything else is a real photo. */
const cutOut: CutOut = (bytes, { format, describe: told }) => {
  const text = Buffer.from(bytes).toString('latin1');
  if (text.startsWith('bad')) return Promise.reject(new DresscutError('undecodable-image', 'The file is damaged.'));
  if (text.startsWith('unloaded')) return Promise.reject(new DresscutError('model-unavailable', 'No network.'));
  if (text.startsWith('bug')) return Promise.reject(new TypeError('x is undefined'));
  const none = text.startsWith('none');
  const findings = {
    verdict: none ? 'no_dress' : text.startsWith('review') ? 'review' : 'ok',
    reasons: text.startsWith('review') ? ['shape' as const] : [],
    advice: [],
    presence: none ? 0.04 : 0.98,
    confidence: none ? 0 : text.startsWith('review') ? 0.61 : 0.93,
    coverage: none ? 0 : 0.25,
    skinLeak: 0,
    turned: 0,
    box: none ? null : { left: 2, top: 2, width: 4, height: 4 },
    dresses: none ? [] : [{ box: { left: 2, top: 2, width: 4, height: 4 }, coverage: 0.25, confidence: 0.93 }],
    photo: { width: 8, height: 8, format: 'png' },
    model: { name: 'fake', version: '1' },
    milliseconds: { decode: Math.random() },
    ...(told && !none ? { description: TRAITS } : {}),
  } as const;
  const photo = { kind: 'photo', width: 8, height: 8, rgb: new Uint8Array(192).fill(90) } as const;
  const seen = { photo, findings, probabilities: NOTHING_SEEN };
  if (none) return Promise.resolve({ ...seen, image: null, matte: null });
  const alpha = Uint8Array.from({ length: 64 }, (_, i) => (i % 8 >= 2 && i % 8 < 6 && i >= 16 && i < 48 ? 255 : 0));
  const matte = { kind: 'matte', width: 8, height: 8, alpha, box: findings.box } as const;
  const image = {
    bytes: new TextEncoder().encode(`cut-out of ${text}`),
    contentType: `image/${format}`,
    width: 8,
    height: 8,
  } as const;
  return Promise.resolve({ ...seen, image, matte });
};

const model = () => Promise.resolve({ name: 'fake', version: '1', sha256: 'f'.repeat(64), engine: 'none' });

async function put(files: Record<string, string | Buffer>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(here, name)), { recursive: true });
    await writeFile(join(here, name), content);
  }
}

async function dresscut(args: readonly string[], surroundings: Partial<Surroundings> = {}) {
  const stdout = new Pipe();
  const stderr = new Pipe();
  const code = await run(args, { cutOut, model, stdin: Readable.from([]), stdout, stderr, ...surroundings });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** Every file below a folder, hidden ones too; but not the journal of how they were made. */
async function files(folder: string): Promise<string[]> {
  const entries = await readdir(join(here, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== '.dresscut.jsonl')
    .map((entry) => join(entry.parentPath, entry.name).slice(join(here, folder).length + 1))
    .sort();
}

const at = (...names: string[]) => join(here, ...names);

describe('dresscut of one photo', () => {
  test('writes the cut-out under the name of its photo and says where it lies and what it is worth', async () => {
    await put({ 'one.jpg': 'ok' });
    const { code, stdout, stderr } = await dresscut([at('one.jpg'), '--out', at('cut')]);
    expect(code).toBe(0);
    expect(await readFile(at('cut/one.png'), 'utf8')).toBe('cut-out of ok');
    expect(stdout).toBe(
      `${at('cut/one.png')}: the dress is cut out (ok); confidence 93 %, presence 98 %, 25 % of the photo\n`,
    );
    expect(stderr).toMatch(/^1 cut, 0 of them to review, 0 without a dress, 0 failed; \d+\.\d s\n$/);
  });

  test('says no_dress, writes nothing and exits 1 where there is none', async () => {
    await put({ 'one.jpg': 'none' });
    const { code, stdout, stderr } = await dresscut([at('one.jpg'), '--out', at('cut')]);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^\S+one\.jpg: no dress found \(no_dress\), nothing written; presence 4 %\n0 cut/);
    expect(stderr).toContain('One photo shows no dress as far as the network can tell (presence 4 %).');
    expect(stderr).toContain('--expect dress');
    await expect(readdir(at('cut'))).rejects.toThrow('ENOENT');
  });

  test('asks for a look at a doubtful one, which counts as cut', async () => {
    await put({ 'one.jpg': 'review' });
    const { code, stdout, stderr } = await dresscut([at('one.jpg'), '--out', at('cut')]);
    expect(code).toBe(0);
    expect(stdout).toContain('(review: shape)');
    expect(stderr).toContain('1 cut, 1 of them to review');
  });

  test('tries a file that was named, whatever its ending', async () => {
    await put({ photo: 'ok' });
    expect((await dresscut([at('photo'), '--out', at('cut')])).code).toBe(0);
    expect(await files('cut')).toEqual(['photo.png']);
  });

  test('hands the options on and names the result after the format', async () => {
    await put({ 'one.jpg': 'ok' });
    const asked: CutOutOptions[] = [];
    const spy: CutOut = (bytes, options) => {
      asked.push(options);
      return cutOut(bytes, options);
    };
    const args =
      '--output overlay --format jpg --crop --margin 10% --mode article --expect dress --presence 30% --which 2 --size 99'.split(
        ' ',
      );
    await dresscut([at('one.jpg'), '--out', at('cut'), ...args, '--background', 'navy'], { cutOut: spy });
    expect(asked).toEqual([
      {
        output: 'overlay',
        format: 'jpeg',
        crop: true,
        margin: 0.1,
        background: { r: 0, g: 0, b: 128 },
        mode: 'article',
        expect: 'dress',
        presence: 0.3,
        which: 2,
        size: 99,
        strokes: [],
        describe: false,
        embedding: false,
      },
    ]);
    expect(await files('cut')).toEqual(['one.jpg']);
  });
});

describe('dresscut of a folder', () => {
  test('mirrors subfolders, leaves other files alone and goes on after a bad one', async () => {
    await put({
      'in/a.jpg': 'ok',
      'in/deep/er/b.HEIC': 'review',
      'in/bad.png': 'bad',
      'in/none.webp': 'none',
      'in/notes.txt': 'ok',
      'in/._a.jpg': 'ok',
    });
    const { code, stdout, stderr } = await dresscut([at('in'), '--out', at('cut')]);
    expect(code).toBe(1);
    expect(await files('cut')).toEqual(['a.png', 'deep/er/b.png']);
    expect(stdout).toBe('');
    expect(stderr).toContain(`${at('in/bad.png')}: could not be cut. The file is damaged. (undecodable-image)`);
    expect(stderr).toContain(`${at('in/none.webp')}: no dress found (no_dress)`);
    expect(stderr).toContain('2 cut, 1 of them to review, 1 without a dress, 1 failed');
  });

  test('shows no bar in a pipe', async () => {
    await put({ 'in/a.jpg': 'ok', 'in/b.jpg': 'ok' });
    const { stderr } = await dresscut([at('in'), '--out', at('cut')]);
    expect(stderr).not.toContain('\u001b');
    expect(stderr).not.toContain('█');
  });

  test('shows a bar on a terminal, with the notes above it', async () => {
    await put({ 'in/a.jpg': 'ok', 'in/b.jpg': 'bad', 'in/c.jpg': 'ok' });
    const stdout = new Pipe();
    const stderr = Object.assign(new Pipe(), { isTTY: true, columns: 80, cursorTo: () => true });
    expect(await run([at('in'), '--out', at('cut')], { cutOut, model, stdin: Readable.from([]), stdout, stderr })).toBe(
      1,
    );
    expect(stderr.text).toMatch(/░+ 0\/3/);
    expect(stderr.text).toContain('could not be cut');
    expect(stderr.text.trimEnd()).toMatch(/2 cut, .* 1 failed; \d+\.\d s$/);
  });

  test('prints nothing but one JSON object a photo with --json', async () => {
    await put({ 'in/a.jpg': 'ok', 'in/b.jpg': 'bad', 'in/c.jpg': 'none' });
    const { code, stdout } = await dresscut([at('in'), '--out', at('cut'), '--json']);
    expect(code).toBe(1);
    expect(stdout.endsWith('}\n')).toBe(true);
    const [a, b, c] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(a).toMatchObject({ source: at('in/a.jpg'), result: at('cut/a.png'), verdict: 'ok', confidence: 0.93 });
    expect(b).toEqual({
      source: at('in/b.jpg'),
      result: null,
      error: { code: 'undecodable-image', message: 'The file is damaged.' },
    });
    expect(c).toMatchObject({ source: at('in/c.jpg'), result: null, verdict: 'no_dress', box: null });
  });

  test('cuts every photo once, with several at a time and when it is named twice', async () => {
    await put(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`in/${i}.jpg`, 'ok'])));
    const args = [at('in'), at('in/3.jpg'), at('in'), '--out', at('cut'), '--jobs', '4', '--json'];
    const { code, stdout } = await dresscut(args);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(20);
    expect(await files('cut')).toHaveLength(20);
  });

  test('does not take its own results for photos when they lie inside', async () => {
    await put({ 'in/a.jpg': 'ok' });
    await dresscut([at('in'), '--out', at('in/cut')]);
    const { code, stderr } = await dresscut([at('in'), '--out', at('in/cut')]);
    expect(code).toBe(0);
    expect(stderr).toContain('1 cut');
    expect(await files('in')).toEqual(['a.jpg', 'cut/a.png']);
  });

  test('keeps both endings where only they differ', async () => {
    await put({ 'in/1.heic': 'ok', 'in/1.jpg': 'ok', 'in/2.jpg': 'ok' });
    expect((await dresscut([at('in'), '--out', at('cut')])).code).toBe(0);
    expect(await files('cut')).toEqual(['1.heic.png', '1.jpg.png', '2.png']);
  });

  test('refuses the second of two photos that would become one file', async () => {
    await put({ 'a/1.jpg': 'ok', 'b/1.jpg': 'ok' });
    const { code, stderr } = await dresscut([at('a'), at('b'), '--out', at('cut')]);
    expect(code).toBe(1);
    expect(await files('cut')).toEqual(['1.png']);
    expect(stderr).toContain(`${at('b/1.jpg')}: could not be cut.`);
    expect(stderr).toContain(`is already the result of ${at('a/1.jpg')}`);
  });

  test('never overwrites a photo with its own result', async () => {
    await put({ '1.png': 'ok' });
    const { code, stderr } = await dresscut([at('1.png'), '--out', here]);
    expect(code).toBe(1);
    expect(stderr).toContain('is itself a photo to cut');
    expect(await readFile(at('1.png'), 'utf8')).toBe('ok');
  });

  test('never overwrites a picture that lies beside the photo, whichever way the folder is named', async () => {
    await put({ 'in/a.jpg': 'ok', 'in/a.png': "somebody's own", 'in/b.jpg': 'ok' });
    await symlink(at('in'), at('linked'));
    for (const out of ['in', 'linked']) {
      const { code, stderr } = await dresscut([at('in/a.jpg'), '--out', at(out)]);
      expect(code).toBe(1);
      expect(stderr).toContain('a.png, which lies beside the photo already and may be no result');
    }
    expect((await dresscut([at('in/b.jpg'), '--out', at('in')])).code).toBe(0);
    expect(await readFile(at('in/a.png'), 'utf8')).toBe("somebody's own");
    expect(await files('in')).toEqual(['a.jpg', 'a.png', 'b.jpg', 'b.png']);
  });

  test.each(['png', 'webp'])('writes results whose names are as long as a disk allows: %s', async (format) => {
    const long = 'x'.repeat(251);
    const wide = '\u00e9'.repeat(125);
    await put({
      [`in/${long}.jpg`]: 'ok',
      [`in/${long}.gif`]: 'ok',
      [`in/${long.slice(1)}.webp`]: 'ok',
      [`in/${wide}.heic`]: 'ok',
    });
    const args = [at('in'), '--out', at('cut'), '--format', format, '--json'];
    const { code, stdout } = await dresscut(args);
    expect(code).toBe(0);
    const written = await files('cut');
    expect(written).toHaveLength(4);
    expect(written.every((name) => name.endsWith(`.${format}`))).toBe(true);
    const told = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).result);
    expect(told.map((path) => path.slice(at('cut').length + 1)).sort()).toEqual(written);
    await dresscut(args);
    expect(await files('cut')).toEqual(written);
  });

  test('cuts the file without an ending whose name is as long as a disk allows', async () => {
    const long = '\u8863'.repeat(85);
    await put({ [long]: 'ok' });
    expect((await dresscut([at(long), '--out', at('cut')])).code).toBe(0);
    const [name = ''] = await files('cut');
    expect(name).toMatch(/^\u8863{70,}~[0-9a-f]{12}\.png$/);
  });

  test('counts photos without a dress and says once what to do', async () => {
    await put({ 'in/a.jpg': 'none', 'in/b.jpg': 'none', 'in/c.jpg': 'ok' });
    const { stderr } = await dresscut([at('in'), '--out', at('cut')]);
    expect(stderr).toContain('2 photos show no dress as far as the network can tell (presence 4 % at most).');
    expect(stderr.match(/--expect dress/g)).toHaveLength(1);
    const sure = await dresscut([at('in'), '--out', at('cut'), '--expect', 'dress']);
    expect(sure.stderr).toContain('2 photos show nothing that could be cut as a dress');
  });

  test('follows links, once each', async () => {
    await put({ 'in/a.jpg': 'ok', 'else/b.jpg': 'ok' });
    await symlink(at('else'), at('in/linked'));
    await symlink(at('in'), at('in/ring'));
    await symlink(at('nowhere'), at('in/broken.jpg'));
    expect((await dresscut([at('in'), '--out', at('cut')])).code).toBe(0);
    expect(await files('cut')).toEqual(['a.png', 'linked/b.png']);
  });

  test('stops at once where there is no network to cut with', async () => {
    await put({ 'in/1.jpg': 'ok', 'in/2.jpg': 'unloaded', 'in/3.jpg': 'ok' });
    const { code, stderr } = await dresscut([at('in'), '--out', at('cut')]);
    expect(code).toBe(1);
    expect(stderr).toContain('Stopped after 2 of 3 photos');
    expect(await files('cut')).toEqual(['1.png']);
  });

  test('reports a fault of its own like a bad photo, and goes on', async () => {
    await put({ 'in/1.jpg': 'bug', 'in/2.jpg': 'ok' });
    const { code, stderr } = await dresscut([at('in'), '--out', at('cut')]);
    expect(code).toBe(1);
    expect(stderr).toContain('x is undefined (internal)');
    expect(await files('cut')).toEqual(['2.png']);
  });

  test('lets no file name steer the terminal', async () => {
    await put({ 'in/\u001b[31mred\nline.jpg': 'bad' });
    const { stderr } = await dresscut([at('in'), '--out', at('cut')]);
    expect(stderr).not.toContain('\u001b');
    expect(stderr.split('\n')).toHaveLength(3);
  });
});

describe('what is on disk', () => {
  test('is whole: an interrupted write leaves the earlier result and nothing else', async () => {
    await put({ 'one.jpg': 'ok', 'cut/one.png/in-the-way': 'a folder where the result should go' });
    const { code, stderr } = await dresscut([at('one.jpg'), '--out', at('cut')]);
    expect(code).toBe(1);
    expect(stderr).toContain('1 failed');
    expect(await files('cut')).toEqual(['one.png/in-the-way']);
  });

  test('is replaced by a rerun, byte for byte the same', async () => {
    await put({ 'in/a.jpg': 'ok', 'in/b.jpg': 'none' });
    const args = [at('in'), '--out', at('cut'), '--report'];
    await dresscut(args);
    const first = await Promise.all((await files('cut')).map((name) => readFile(at('cut', name))));
    await dresscut(args);
    expect(await files('cut')).toEqual(['a.png', 'report.html']);
    const second = await Promise.all((await files('cut')).map((name) => readFile(at('cut', name))));
    expect(second).toEqual(first);
  });

  test('is finished and whole after Ctrl-C, with no report and no temporary file', async () => {
    await put({ 'in/1.jpg': 'ok', 'in/2.jpg': 'ok', 'in/3.jpg': 'ok' });
    const stop = new AbortController();
    let asked = 0;
    const slow: CutOut = (bytes, options) => {
      asked += 1;
      if (asked < 2) return cutOut(bytes, options);
      setTimeout(() => stop.abort(), 10);
      return new Promise(() => undefined);
    };
    const { code, stderr } = await dresscut([at('in'), '--out', at('cut'), '--report'], {
      cutOut: slow,
      signal: stop.signal,
    });
    expect(code).toBe(130);
    expect(asked).toBe(2);
    expect(stderr).toContain('Stopped after 1 of 3 photos');
    expect(await files('cut')).toEqual(['1.png']);
  });
});

describe('--skip-existing', () => {
  test('goes on where a run was stopped, and cuts anew what was changed', async () => {
    await put({ 'in/1.jpg': 'ok', 'in/2.jpg': 'none', 'in/3.jpg': 'ok', 'in/4.jpg': 'bad' });
    const args = [at('in'), '--out', at('cut'), '--skip-existing'];
    const asked: string[] = [];
    const spy: CutOut = (bytes, options) => {
      asked.push(Buffer.from(bytes).toString());
      return cutOut(bytes, options);
    };
    await dresscut([at('in/1.jpg'), at('in/2.jpg'), '--out', at('cut')]);
    const { stderr, code } = await dresscut(args, { cutOut: spy });
    expect(asked).toEqual(['ok', 'bad']);
    expect(stderr).toContain('1 cut before, 1 cut, 0 of them to review, 1 without a dress, 1 failed');
    expect(code).toBe(1);
    await put({ 'in/1.jpg': 'ok, but changed' });
    await dresscut(args, { cutOut: spy });
    expect(asked).toEqual(['ok', 'bad', 'ok, but changed', 'bad']);
    await rm(at('cut/3.png'));
    await dresscut(args, { cutOut: spy });
    expect(asked.slice(4)).toEqual(['ok', 'bad']);
  });

  test('takes nothing for done that was made with other options or another network', async () => {
    await put({ 'in/1.jpg': 'ok' });
    const args = [at('in'), '--out', at('cut'), '--skip-existing'];
    await dresscut(args);
    expect((await dresscut(args)).stderr).toContain('1 cut before, 0 cut');
    expect((await dresscut([...args, '--crop'])).stderr).toMatch(/^1 cut/m);
    const other = async () => ({ ...(await model()), sha256: 'e'.repeat(64) });
    expect((await dresscut([...args, '--crop'], { model: other })).stderr).toMatch(/^1 cut/m);
  });

  test('survives half a line that a killed run left', async () => {
    await put({ 'in/1.jpg': 'ok', 'in/2.jpg': 'ok' });
    await dresscut([at('in/1.jpg'), '--out', at('cut')]);
    await appendFile(at('cut/.dresscut.jsonl'), '{"result":"2.p');
    await dresscut([at('in/2.jpg'), '--out', at('cut')]);
    const { stderr } = await dresscut([at('in'), '--out', at('cut'), '--skip-existing']);
    expect(stderr).toContain('2 cut before, 0 cut');
  });
});

test('results of other options in the same folder are told of', async () => {
  await put({ 'in/1.jpg': 'ok', 'in/2.jpg': 'ok' });
  await dresscut([at('in'), '--out', at('cut')]);
  const { stderr } = await dresscut([at('in/1.jpg'), '--out', at('cut'), '--crop']);
  expect(stderr).toContain(`${at('cut')} also holds 1 results made in another way`);
  expect((await dresscut([at('in'), '--out', at('cut'), '--crop'])).stderr).not.toContain('another way');
});

test.each([
  ['--margin 10%', '--margin does nothing without --crop.'],
  ['--output mask --background red', '--background does nothing with --output mask'],
  ['--presence 0.3 --expect dress', '--presence does nothing with --expect dress'],
  ['--which main --mode article', '--which does nothing with --mode article'],
  ['--describe', '--describe shows with --json or --report only'],
  ['--embedding', '--embedding shows with --json only'],
  ['--describe --json', null],
  ['--keep-corrections kept', '--keep-corrections does nothing without --strokes'],
  ['--crop --margin 10%', null],
])('an option without effect is told of: %s', async (args, told) => {
  await put({ '1.jpg': 'ok' });
  const { stderr, code } = await dresscut([at('1.jpg'), '--out', at('cut'), ...args.split(' ')]);
  expect(code).toBe(0);
  if (told === null) expect(stderr).not.toContain('does nothing');
  else expect(stderr).toContain(told);
});

describe('--keep-corrections', () => {
  const strokes = JSON.stringify([{ kind: 'keep', points: [[3, 3]], radius: 1 }]);
  const kept = async () => (await files('kept')).map((name) => name.replace(/[0-9a-f]{16}/, ''));

  test('keeps what strokes have corrected as training reads it, and one of each photo', async () => {
    await put({ '1.jpg': 'ok', 'copy.jpg': 'ok', 'strokes.json': strokes });
    for (const name of ['1.jpg', 'copy.jpg']) {
      const args = [at(name), '--out', at('cut'), '--strokes', at('strokes.json'), '--keep-corrections', at('kept')];
      expect((await dresscut(args)).code).toBe(0);
    }
    expect(await kept()).toEqual(['body.png', 'dress.png', 'original.jpg']);
    for (const name of await files('kept')) {
      expect(await sharp(join(at('kept'), name)).metadata()).toMatchObject({ width: 8, height: 8 });
    }
  });

  test('also of a photo from standard input', async () => {
    await put({ 'strokes.json': strokes });
    const args = ['-', '--strokes', at('strokes.json'), '--keep-corrections', at('kept')];
    expect((await dresscut(args, { stdin: Readable.from([Buffer.from('ok')]) })).code).toBe(0);
    expect(await kept()).toEqual(['body.png', 'dress.png', 'original.jpg']);
  });

  test('says that it could not', async () => {
    await put({ '1.jpg': 'ok', 'strokes.json': strokes, kept: 'a file' });
    const args = [at('1.jpg'), '--out', at('cut'), '--strokes', at('strokes.json'), '--keep-corrections', at('kept')];
    const { code, stderr } = await dresscut(args);
    expect(code).toBe(1);
    expect(stderr).toContain('The correction cannot be kept');
  });
});

describe('pipes', () => {
  const stdin = (text: string) => Readable.from([Buffer.from(text.slice(0, 1)), Buffer.from(text.slice(1))]);

  test('from standard input to standard output, with words on standard error', async () => {
    const { code, stdout, stderr } = await dresscut(['-'], { stdin: stdin('ok') });
    expect(code).toBe(0);
    expect(stdout).toBe('cut-out of ok');
    expect(stderr).toBe(
      'standard output: the dress is cut out (ok); confidence 93 %, presence 98 %, 25 % of the photo\n',
    );
  });

  test('without a dress nothing but words comes out', async () => {
    const { code, stdout, stderr } = await dresscut(['-'], { stdin: stdin('none') });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('--expect dress');
  });

  test('into a folder, and from a file to standard output', async () => {
    await put({ '1.jpg': 'ok' });
    const { stdout } = await dresscut(['-', '--out', at('cut'), '--json'], { stdin: stdin('ok') });
    expect(JSON.parse(stdout)).toMatchObject({ source: 'standard input', result: at('cut/stdin.png') });
    expect(await files('cut')).toEqual(['stdin.png']);
    expect((await dresscut([at('1.jpg'), '--out', '-'])).stdout).toBe('cut-out of ok');
  });

  test.each([
    ['two photos', ['-', 'b.jpg'], 'stands alone'],
    ['findings as well', ['-', '--json'], 'name a folder with --out'],
    ['a report', ['-', '--report', '--out', 'cut'], 'for photos that have names'],
  ])('%s are refused', async (_, args, message) => {
    const { code, stderr } = await dresscut(args, { stdin: stdin('ok') });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('never a picture onto a terminal', async () => {
    const stdout = Object.assign(new Pipe(), { isTTY: true });
    const stderr = new Pipe();
    expect(await run(['-'], { cutOut, model, stdin: stdin('ok'), stdout, stderr })).toBe(2);
    expect(stderr.text).toContain('redirect it with >');
    expect(stdout.text).toBe('');
  });
});

test('a pattern in quotes names photos, and one that names none is refused', async () => {
  await put({ 'in/a.jpg': 'ok', 'in/deep/b.HEIC': 'ok', 'in/c.txt': 'ok', 'in/[odd].jpg': 'ok' });
  expect((await dresscut([at('in/**/*'), '--out', at('cut')])).code).toBe(0);
  // As with the folder itself: two photos of one name in two folders stay two.
  expect(await files('cut')).toContain('deep/b.png');
  expect(await files('cut')).toContain('[odd].png');
  expect((await dresscut([at('in/[odd].jpg'), '--out', at('cut')])).code).toBe(0);
  const none = await dresscut([at('in/*.png'), '--out', at('cut')]);
  expect(none.code).toBe(2);
  expect(none.stderr).toContain('No photo is called');
});

test('--marks cuts just what a report says is to be cut anyway', async () => {
  await put({ 'in/a.jpg': 'ok', 'in/b/c.jpg': 'ok' });
  const marks = { dresscut: 'marks', version: 1, accepted: ['a.jpg'], rejected: [], cutAnyway: ['b/c.jpg'] };
  await put({ 'marks.json': JSON.stringify(marks), 'other.json': '{}' });
  await dresscut([at('in'), '--out', at('cut'), '--marks', at('marks.json')]);
  expect(await files('cut')).toEqual(['b/c.png']);
  for (const name of ['other.json', 'missing.json']) {
    const { code, stderr } = await dresscut([at('in'), '--out', at('cut'), '--marks', at(name)]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${name} holds no marks`);
  }
});

test('errors and help name the command that was called', async () => {
  const command = 'npm run dresscut --';
  expect((await dresscut(['--no-such'], { command })).stderr).toContain(`See ${command} --help`);
  expect((await dresscut(['--help'], { command })).stdout).toContain(`("dresscut" stands for "${command}")`);
  expect((await dresscut(['photos', 'serve'])).stderr).toContain('No such file or folder: photos.');
});

describe('wrong usage exits 2, says why and does nothing', () => {
  test.each([
    ['no photo', [], "missing required argument 'photos'"],
    ['an unknown option', ['--colour', 'red'], "unknown option '--colour'"],
    ['a wrong value', ['--format', 'gif'], 'Expected format to be one of png, webp, jpeg, but received "gif".'],
    ['JPEG without a background', ['--format', 'jpeg'], 'give a background'],
    ['a wrong number of jobs', ['--jobs', '0'], 'Expected a whole number from 1 to 64.'],
  ])('%s', async (_, args, message) => {
    await put({ 'in/a.jpg': 'ok' });
    const { code, stdout, stderr } = await dresscut([...(args.length === 0 ? [] : [at('in')]), ...args]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toContain('dresscut --help');
  });

  test('an input that does not exist, even beside good ones', async () => {
    await put({ 'in/a.jpg': 'ok' });
    const { code, stderr } = await dresscut([at('in'), at('typo.jpg'), '--out', at('cut')]);
    expect(code).toBe(2);
    expect(stderr).toContain(`No such file or folder: ${at('typo.jpg')}`);
    await expect(readdir(at('cut'))).rejects.toThrow('ENOENT');
  });

  test('strokes for several photos', async () => {
    await put({ 'in/a.jpg': 'ok', 'in/b.jpg': 'ok', 'strokes.json': '[]' });
    const { code, stderr } = await dresscut([at('in'), '--strokes', at('strokes.json'), '--out', at('cut')]);
    expect(code).toBe(2);
    expect(stderr).toContain('Strokes belong to one photo');
  });

  test('a folder without a photo', async () => {
    await put({ 'in/notes.txt': 'ok' });
    const { code, stderr } = await dresscut([at('in')]);
    expect(code).toBe(2);
    expect(stderr).toContain(`No photo in ${at('in')}`);
  });

  test('results among the photos', async () => {
    await put({ 'in/a.jpg': 'ok' });
    const { code, stderr } = await dresscut([at('in'), '--out', at('in')]);
    expect(code).toBe(2);
    expect(stderr).toContain('choose another --out');
  });
});

describe('--help', () => {
  test('exits 0 and begins with examples', async () => {
    const { code, stdout, stderr } = await dresscut(['--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout.indexOf('Examples')).toBeLessThan(stdout.indexOf('Usage'));
    for (const flag of '--output --format --crop --margin --background --mode --expect --size'.split(' ')) {
      expect(stdout).toContain(flag);
    }
    for (const flag of ['--out ', '--json', '--report', '--jobs', 'Exit status']) expect(stdout).toContain(flag);
    // A terminal of 80 columns breaks no line of it.
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('--report', () => {
  const photo = () =>
    sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();

  test('is one page without a link to elsewhere, worst first', async () => {
    await put({
      'in/sure.png': await photo(),
      'in/review.jpg': 'review',
      'in/none.jpg': 'none',
      'in/bad.jpg': 'bad',
    });
    await dresscut([at('in'), '--out', at('cut'), '--report']);
    const page = await readFile(at('cut/report.html'), 'utf8');
    const order = ['bad.jpg', 'review.jpg', 'sure.png', 'none.jpg'].map((name) => page.indexOf(name));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
    expect(page).not.toMatch(/https?:\/\//);
    expect(page.match(/src="data:image\/webp;base64,/g)).toHaveLength(7); // three of each dress, and the photo that shows none
    expect(page).toContain('href="./sure.png"');
    expect(page).toContain('The file is damaged.');
  });

  test('shows photo, overlay and cut-out at one size', async () => {
    await put({ 'in/sure.png': await photo() });
    await dresscut([at('in'), '--out', at('cut'), '--report']);
    const page = await readFile(at('cut/report.html'), 'utf8');
    const images = [...page.matchAll(/base64,([^"]+)"/g)].map(([, data = '']) => Buffer.from(data, 'base64'));
    const found = await Promise.all(images.map((image) => sharp(image).metadata()));
    expect(found.map(({ width, height, hasAlpha }) => [width, height, hasAlpha])).toEqual([
      [8, 8, false],
      [8, 8, false],
      [8, 8, true],
    ]);
  });

  test('shows what each dress looks like, as chips of colour and words', async () => {
    await put({ 'in/sure.png': await photo(), 'in/none.jpg': 'none' });
    const { stdout } = await dresscut([at('in'), '--out', at('cut'), '--report', '--json']);
    const page = await readFile(at('cut/report.html'), 'utf8');
    expect(page.match(/<p class="traits">.*<\/p>/g)).toEqual([
      '<p class="traits"><span><i style="background:#1b2a4c"></i>dark blue 80&nbsp;%</span> ' +
        '<span><i style="background:#f0efee"></i>white 20&nbsp;%</span> ' +
        '<span>patterned</span> <span>length unknown</span></p>',
    ]);
    expect(page).toContain('.traits span {');
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).description)).toEqual(expect.arrayContaining([TRAITS, undefined]));
  });

  test('leaves alone what was cut in the same way without a description', async () => {
    await put({ 'in/sure.png': await photo() });
    await dresscut([at('in'), '--out', at('cut')]);
    const { stderr } = await dresscut([at('in'), '--out', at('cut'), '--skip-existing', '--report']);
    expect(stderr).toContain('1 cut before');
  });

  test('lets no file name become markup or a scheme', async () => {
    await put({
      'in/"><img src=x onerror=alert(1)>&.png': await photo(),
      'in/javascript:alert(1)#?.png': await photo(),
    });
    await dresscut([at('in'), '--out', at('cut'), '--report']);
    const page = await readFile(at('cut/report.html'), 'utf8');
    expect(page).not.toContain('<img src=x');
    expect(page).not.toContain('href="javascript');
    expect(page).toContain('href="./javascript%3Aalert(1)%23%3F.png"');
  });

  test('says where it lies', async () => {
    await put({ 'in/a.jpg': 'ok' });
    const { stderr, stdout } = await dresscut([at('in'), '--out', at('cut'), '--report', '--json']);
    expect(stderr).toContain(`Report: ${at('cut/report.html')}`);
    expect(stdout).not.toContain('Report');
  });
});
