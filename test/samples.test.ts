import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { halves, iou, overlap } from '../bench/scores';
import { createApp } from '../lib/app';
import { DEFAULTS } from '../lib/options';
import { configUnderTest } from './helpers/config-under-test';

// The first thing that anybody tries: what the README, the page and the demonstration show must be worth showing.
const SAMPLES = join(__dirname, '..', 'samples');
const DRESSES = ['street', 'shop', 'two', 'flat'];
const MAX_BYTES = 300_000;
const { cutOut } = createApp({ ...configUnderTest(), threads: 1 });

const photo = (name: string) => readFileSync(join(SAMPLES, `${name}.jpg`));

/** True where a pixel is at least half dress. */
async function truthOf(name: string): Promise<Uint8Array> {
  return halves(
    await sharp(join(SAMPLES, `${name}-mask.png`))
      .extractChannel(0)
      .raw()
      .toBuffer(),
  );
}

test.each(DRESSES)('%s is cut out with the options that nobody chose, close to the truth', async (name) => {
  const { findings, matte, image } = await cutOut(photo(name), DEFAULTS);
  expect(findings.verdict).not.toBe('no_dress');
  expect(image).not.toBeNull();
  expect(iou(overlap(halves(matte!.alpha), await truthOf(name)))).toBeGreaterThan(0.9);
});

test('jeans and a top are no dress', async () => {
  expect((await cutOut(photo('no-dress'), DEFAULTS)).findings.verdict).toBe('no_dress');
});

test.each([...DRESSES, 'no-dress'])('%s is small enough for a page', (name) => {
  expect(statSync(join(SAMPLES, `${name}.jpg`)).size).toBeLessThan(MAX_BYTES);
});
