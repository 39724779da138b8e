import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { createApp } from '../lib/app';
import { describe as describeDress, versionOf } from '../lib/describe';
import type { Found } from '../lib/find';
import { back, turnBox, turnMatte, turnPhoto, turnProbabilities } from '../lib/pipeline/turn';
import { configUnderTest } from './helpers/config-under-test';

const { find } = createApp(configUnderTest());
const picture = readFileSync(join(__dirname, 'fixtures', 'dress.jpg'));
let found: Found;
beforeAll(async () => {
  found = await find(picture, { mode: 'default', expect: 'dress' });
});

test('a photo gives colours, pattern, length and an embedding, without another run of the network', async () => {
  const { colours, pattern, length, embedding } = await describeDress(found);
  expect({ colours: colours.map(({ name }) => name), pattern, length }).toMatchInlineSnapshot(`
{
  "colours": [
    "blue",
  ],
  "length": "knee",
  "pattern": "plain",
}
`);
  expect(colours[0]?.hex).toMatch(/^#[0-9a-f]{6}$/);
  expect(embedding.version).toBe(versionOf(found.findings.model));
  expect(Math.hypot(...embedding.vector)).toBeCloseTo(1, 3);
});

test('the same photo gives the same description, and one half the size nearly the same', async () => {
  const once = await describeDress(found);
  expect(await describeDress(found)).toEqual(once);
  const { width = 0 } = await sharp(picture).metadata();
  const half = await sharp(picture)
    .resize(Math.round(width / 2))
    .jpeg({ quality: 90 })
    .toBuffer();
  const small = await describeDress(await find(half, { mode: 'default', expect: 'dress' }));
  expect(small.colours[0]?.name).toBe(once.colours[0]?.name);
  const likeness = once.embedding.vector.reduce((sum, value, i) => sum + value * (small.embedding.vector[i] ?? 0), 0);
  expect(likeness).toBeGreaterThan(0.97);
});

test.each([
  ['seen whole', 0],
  ['seen closer', 700],
])('a photo that lies on its side is described as it is worn, %s', async (how, around) => {
  const extend = { left: around, right: around, top: around, bottom: around, background: '#888' };
  const upright = await find(await sharp(picture).extend(extend).jpeg().toBuffer(), {
    mode: 'default',
    expect: 'dress',
  });
  const { photo, matte, probabilities } = upright;
  const { within, whole } = probabilities;
  expect(within === undefined).toBe(how === 'seen whole');
  const lying: Found = {
    ...upright,
    photo: turnPhoto(photo, 90),
    matte: turnMatte(matte as NonNullable<typeof matte>, 90),
    probabilities: {
      ...turnProbabilities(probabilities, 90),
      ...(within && { within: turnBox(within, photo, 90) }),
      ...(whole && { whole: { ...turnProbabilities(whole, 90), turned: 90 } }),
      turned: 90,
    },
  };
  expect(back(back(90))).toBe(90);
  const { embedding, ...traits } = await describeDress(upright);
  const told = await describeDress(lying);
  expect(told).toMatchObject(traits);
  const likeness = embedding.vector.reduce((sum, value, i) => sum + value * (told.embedding.vector[i] ?? 0), 0);
  expect(likeness).toBeGreaterThan(0.9999);
});

describe('of two dresses in one photo', () => {
  const photo = readFileSync(join(__dirname, '..', 'samples', 'two.jpg'));
  const ask = async (which: 'all' | 'main' | number) =>
    (await find(photo, { mode: 'default', expect: 'dress', describe: true, which })).findings.description;

  test('the one is described that was chosen, and the largest where none was', async () => {
    const [all, main, first, second] = [await ask('all'), await ask('main'), await ask(1), await ask(2)];
    expect(main).toEqual(first);
    expect(all).toEqual(main);
    expect(second?.colours[0]?.hex).not.toBe(first?.colours[0]?.hex);
    expect(await ask(2)).toEqual(second);
  });

  test('one that is not there cannot be described', async () => {
    await expect(ask(7)).rejects.toMatchObject({ code: 'no-dress', message: expect.stringContaining('2 dresses') });
  });
});

test('without a dress there is nothing to describe', async () => {
  await expect(describeDress({ ...found, matte: null })).rejects.toMatchObject({ code: 'no-dress' });
});

test.each([
  [{ name: 'dressnet', version: '1.4.0' }, 'dressnet-1.4.0-r2'],
  [{ name: 'My own / network', version: '2 (beta)' }, 'my-own-network-2-beta--r2'],
  [{ name: '-', version: 'x'.repeat(90) }, `${'x'.repeat(27)}-r2`],
])('a version names an index of S3 Vectors: %j', (model, version) => {
  expect(versionOf(model)).toBe(version);
  expect(versionOf(model)).toMatch(/^[a-z0-9][a-z0-9.-]{1,28}[a-z0-9]$/);
});
