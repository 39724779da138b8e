import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { createApp } from '../lib/app';
import { DEFAULTS } from '../lib/options';
import { render } from '../lib/render';

// The picture at the head of the README: a sample, the dress marked in it, and the dress alone on a chequerboard.
const SAMPLE = join(__dirname, '..', 'samples', 'street.jpg');
const EXAMPLE = join(__dirname, '..', 'docs', 'example.jpg');
const HEIGHT = 900;
const GAP = 12;
const SQUARE = 12;

async function example(): Promise<void> {
  const { find } = createApp();
  const photo = await readFile(SAMPLE);
  const found = await find(photo, DEFAULTS);
  const overlay = await render(found, { ...DEFAULTS, output: 'overlay' });
  const dress = await render(found, DEFAULTS);
  const panels = await Promise.all(
    [photo, overlay.bytes, dress.bytes].map((bytes) => sharp(bytes).resize({ height: HEIGHT }).png().toBuffer()),
  );
  const { width } = await sharp(panels[0]).metadata();
  const board = chequered(width, HEIGHT);
  const picture = sharp({
    create: { width: 3 * width + 2 * GAP, height: HEIGHT, channels: 3, background: 'white' },
  }).composite([
    ...panels.slice(0, 2).map((input, index) => ({ input, left: index * (width + GAP), top: 0 })),
    { input: board, raw: { width, height: HEIGHT, channels: 3 as const }, left: 2 * (width + GAP), top: 0 },
    { input: panels[2] as Buffer, left: 2 * (width + GAP), top: 0 },
  ]);
  await picture.jpeg({ quality: 86, mozjpeg: true }).toFile(EXAMPLE);
  const { verdict, presence, confidence } = found.findings;
  process.stdout.write(
    `${EXAMPLE}: ${verdict}, presence ${presence.toFixed(2)}, confidence ${confidence.toFixed(2)}\n`,
  );
}

/** Grey and white squares, as raw RGB. */
function chequered(width: number, height: number): Buffer {
  const board = Buffer.alloc(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const grey = (Math.floor(x / SQUARE) + Math.floor(y / SQUARE)) % 2 === 0;
      board.fill(grey ? 232 : 255, 3 * (y * width + x), 3 * (y * width + x) + 3);
    }
  }
  return board;
}

example().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
