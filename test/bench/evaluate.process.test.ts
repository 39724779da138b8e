import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { Row, Summary } from '../../bench/evaluation';

const ROOT = join(__dirname, '..', '..');
const FIXTURES = join(ROOT, 'test', 'fixtures');

/** The command as `npm run evaluate` starts it. */
const evaluate = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--require', 'tsx/cjs', 'bench/evaluate.ts', ...args], {
    cwd: ROOT,
    timeout: 280_000,
  });

describe('evaluate', () => {
  let folder: string;
  const at = (...names: string[]) => join(folder, ...names);
  const asked = () => ['--photos', at('photos'), '--labels', at('labels')];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dresscut-evaluate-'));
    await Promise.all(['photos', 'labels', 'out'].map((name) => mkdir(at(name))));
    for (const name of ['dress', 'no-dress'])
      await copyFile(join(FIXTURES, `${name}.jpg`), at('photos', `${name}.jpg`));
    const { width, height } = await sharp(at('photos', 'no-dress.jpg')).metadata();
    const nothing = { create: { width, height, channels: 3, background: 'black' } } as const;
    await sharp(nothing).toColourspace('b-w').png().toFile(at('labels', 'no-dress.png'));
    await copyFile(join(FIXTURES, 'dress-mask.png'), at('labels', 'dress.png'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('takes masks, and tells everything as table, JSON, and a page that fetches nothing', async () => {
    const [json, html] = [at('out', 'figures.json'), at('out', 'page.html')];
    const { stdout } = await evaluate(...asked(), '--masks', '--json', json, '--html', html);
    const { summaries, rows } = JSON.parse(await readFile(json, 'utf8')) as {
      summaries: Summary[];
      rows: { way: string; rows: Row[] }[];
    };
    const [first, auto] = summaries;
    expect(first).toMatchObject({ name: 'default, expect dress', dresses: 1, others: 0, missed: 0, skinLeak: null });
    expect(first!.iou).toBeGreaterThan(0.9);
    expect(auto).toMatchObject({ dresses: 1, others: 1, falseDresses: 0 });
    const { bins } = auto!.presence!;
    expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(2);
    expect(bins.map(({ dressesFrom, othersFrom }) => [dressesFrom, othersFrom])).toEqual([
      [1, 1],
      [1, 0],
    ]);
    expect(rows.map(({ rows: each }) => each.length)).toEqual([1, 2, 1, 1, 1, 1]);

    // Each switch does something, and the whole is not the worst of them.
    const outlines = summaries.filter(({ name }) => !name.includes('expect')).map((one) => one.boundaryIou);
    expect(new Set([...outlines, first!.boundaryIou]).size).toBe(4);
    expect(Math.min(...outlines)).toBeLessThan(first!.boundaryIou);

    for (const { name } of summaries) expect(stdout).toContain(`| ${name} `);
    expect(stdout).toMatch(/presence: AUC 1\.000, ECE 0\.\d+/);
    expect(stdout).toMatch(/\n\| 0\.0-0\.1 .*\| 1 +\| 1 +\|\n/);
    const page = await readFile(html, 'utf8');
    expect(page.match(/src="(?!data:image\/webp;base64,)/)).toBeNull();
    expect(page).not.toMatch(/href=|url\(|NaN|<script/);
    expect(page.match(/right and wrong of dress/g)).toHaveLength(1);
  }, 300_000);

  it('takes class ids by name, and goes on past a photo that is none', async () => {
    const mask = await sharp(at('labels', 'dress.png'))
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height } = mask.info;
    const gown = Uint8Array.from(mask.data, (value) => (value > 127 ? 2 : 0));
    await sharp(gown, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toFile(at('labels', 'dress.png'));
    await writeFile(at('names.json'), JSON.stringify(['street', 'skin', 'gown']));
    await copyFile(at('labels', 'dress.png'), at('labels', 'broken.png'));
    await writeFile(at('photos', 'broken.jpg'), 'no photo');
    const { stdout } = await evaluate(
      ...asked(),
      '--names',
      at('names.json'),
      '--dress',
      'gown',
      '--skin',
      'skin',
      '--around',
      'white',
    );
    expect(stdout).toMatch(/\| default, expect dress +\| 0\.9\d+ \(.*\| 0\.0 % +\| 0 of 1/);
    expect(stdout).toMatch(/not counted: broken: The file is text/);
  }, 300_000);

  it.each([
    [['--masks', '--photos', '/nowhere'], /evaluate: .*nowhere/],
    [['--dress', 'gown'], /evaluate: "gown" is no class of the labels; they are numbers from 0 to 255/],
    [['--dress', '7'], /evaluate: none of the photos shows a dress/],
    [['--around', 'pink'], /'pink' is invalid\. Allowed choices are white, black, blurred/],
  ])(
    'says in one line what is wrong with %j',
    async (args, complaint) => {
      await expect(evaluate(...asked(), ...args)).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(complaint),
      });
    },
    120_000,
  );
});
