import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

// The samples that are made of other pictures. With two people: the figure of the shop twice, once mirrored and in a
// dyed dress, so that the truth of both is as exact as that of the one. Without a dress: a fixture, smaller.
const SAMPLES = join(__dirname, '..', 'samples');
const NO_DRESS = join(__dirname, '..', 'test', 'fixtures', 'no-dress.jpg');
/** Columns of the shop's photo that hold the figure with some wall on both sides. */
const [FROM, TO] = [80, 530];
/** Columns over which the walls of both halves run into each other. */
const SEAM = 48;

interface Raster {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

async function two(): Promise<void> {
  const photo = await half('shop.jpg', 3);
  const mask = await half('shop-mask.png', 1);
  const dyed = { ...photo, data: dye(photo.data, mask.data) };
  const { data, ...size } = beside(photo, mirrored(dyed, 3), 3);
  const picture = sharp(data, { raw: { ...size, channels: 3 } });
  await picture.jpeg({ quality: 90 }).toFile(join(SAMPLES, 'two.jpg'));
  const truth = beside(mask, mirrored(mask, 1), 1);
  const grey = sharp(truth.data, { raw: { width: truth.width, height: truth.height, channels: 1 } });
  await grey.toColourspace('b-w').png({ compressionLevel: 9 }).toFile(join(SAMPLES, 'two-mask.png'));
}

async function half(name: string, channels: 1 | 3): Promise<Raster> {
  const image = sharp(await readFile(join(SAMPLES, name)));
  const { height = 0 } = await image.metadata();
  const part = image.extract({ left: FROM, top: 0, width: TO - FROM, height });
  const bands = channels === 1 ? part.extractChannel(0) : part.removeAlpha();
  return { data: await bands.raw().toBuffer(), width: TO - FROM, height };
}

/** Red becomes teal where the mask says dress: the channels change places, and the lightness stays about the same. */
function dye(rgb: Buffer, mask: Buffer): Buffer {
  const out = Buffer.from(rgb);
  for (let i = 0; i < mask.length; i++) {
    const share = (mask[i] ?? 0) / 255;
    const [r = 0, g = 0, b = 0] = rgb.subarray(3 * i, 3 * i + 3);
    const teal = [g * 0.9, r * 0.62 + b * 0.2, r * 0.66 + b * 0.2];
    for (let c = 0; c < 3; c++) {
      out[3 * i + c] = Math.round((rgb[3 * i + c] ?? 0) * (1 - share) + (teal[c] ?? 0) * share);
    }
  }
  return out;
}

function mirrored({ data, width, height }: Raster, channels: number): Raster {
  const out = Buffer.alloc(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + width - 1 - x) * channels;
      data.copy(out, (y * width + x) * channels, from, from + channels);
    }
  }
  return { data: out, width, height };
}

function beside(left: Raster, right: Raster, channels: number): Raster {
  const { height } = left;
  const width = left.width + right.width - SEAM;
  const data = Buffer.alloc(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const share = Math.min(1, Math.max(0, (x - left.width + SEAM) / SEAM));
      for (let c = 0; c < channels; c++) {
        const a = share < 1 ? (left.data[(y * left.width + x) * channels + c] ?? 0) : 0;
        const b = share > 0 ? (right.data[(y * right.width + x - left.width + SEAM) * channels + c] ?? 0) : 0;
        data[(y * width + x) * channels + c] = Math.round(a * (1 - share) + b * share);
      }
    }
  }
  return { data, width, height };
}

async function withoutDress(): Promise<void> {
  await sharp(NO_DRESS).resize({ height: 840 }).jpeg({ quality: 86 }).toFile(join(SAMPLES, 'no-dress.jpg'));
}

Promise.all([two(), withoutDress()]).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
