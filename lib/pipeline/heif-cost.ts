import { DresscutError } from '../errors';
import { av1Pixels, hevcPixels } from './coded-size';
import type { HeifFile, HeifItem } from './heif-items';

/** Tiles overhang the right and the lower edge: of 512 pixels a side, by a quarter of the smallest phone's photo. */
const PADDING = 1.25;
/** A photo smaller than its only tile is padded by nearly the whole of it. */
const PADDING_PIXELS = 2_000_000;
/** Grids of overlays of grids: real files are two deep. */
const MAX_DEPTH = 8;

/**
 * Refuses a HEIF or AVIF whose parts are larger than the picture they make: six kilobytes can name tiles of
 * fifty megapixels each a hundred times over, and a decoder decodes each of them before it cuts them to size.
 * Counts what the primary picture is made of (grid, overlay, identity, tone map with its gain map) and the alpha of
 * each part, not thumbnails and depth maps, which nobody decodes.
 *
 * @param file `null` where its boxes cannot be read: that is left to the decoder
 * @throws DresscutError `too-complex`
 */
export function checkHeifCost(file: HeifFile | null, format: 'heic' | 'avif'): void {
  if (!file?.primary) return;
  const canvas = sizeOf(file.primary);
  const { colour, alpha } = costOf(file, file.primary, format);
  const allowed = PADDING * canvas + PADDING_PIXELS;
  if (canvas === 0 || Math.max(colour, alpha) <= allowed) return;
  const coded = Math.max(colour, alpha);
  const [has, needs] = [canvas, coded].map((pixels) => (pixels / 1e6).toFixed(1));
  throw new DresscutError(
    'too-complex',
    `The ${format.toUpperCase()} photo has ${has} megapixels, but ${needs} must be decoded for it; save it as JPEG.`,
    { facts: { format, pixels: canvas, codedPixels: coded, maxCodedPixels: Math.floor(allowed) } },
  );
}

interface Cost {
  readonly colour: number;
  readonly alpha: number;
}

const NOTHING: Cost = { colour: 0, alpha: 0 };

function costOf(file: HeifFile, primary: HeifItem, format: 'heic' | 'avif'): Cost {
  const known = new Map<number, Cost>();
  const visit = (id: number, level: number): Cost => {
    const found = known.get(id);
    const inner = file.items.get(id);
    if (found || !inner) return found ?? NOTHING;
    if (level > MAX_DEPTH) throw tooDeep(format);
    // What is made of itself is counted once.
    known.set(id, NOTHING);
    let [colour, alpha] = [inner.madeOf.length === 0 ? codedPixels(inner) : 0, 0];
    for (const part of inner.madeOf) {
      const cost = visit(part, level + 1);
      colour += cost.colour;
      alpha += cost.alpha;
    }
    for (const other of file.auxiliaries.get(id) ?? []) {
      const auxiliary = file.items.get(other);
      if (auxiliary && isAlpha(auxiliary)) alpha += visit(other, level + 1).colour;
    }
    known.set(id, { colour, alpha });
    return { colour, alpha };
  };
  return visit(primary.id, 0);
}

function tooDeep(format: 'heic' | 'avif'): DresscutError {
  const message =
    `The ${format.toUpperCase()} photo is made of pictures that are made of others, more than ${MAX_DEPTH} deep; ` +
    'save it as JPEG.';
  return new DresscutError('too-complex', message, { facts: { format, maxDepth: MAX_DEPTH } });
}

function isAlpha({ properties }: HeifItem): boolean {
  const name = properties.get('auxC')?.toString('latin1', 4) ?? '';
  return (
    name.startsWith('urn:mpeg:hevc:2015:auxid:1\0') || name.startsWith('urn:mpeg:mpegB:cicp:systems:auxiliary:alpha')
  );
}

/** By what its header announces, and by what the coded data announce, whichever is more. */
function codedPixels(item: HeifItem): number {
  return Math.max(sizeOf(item), announced(item));
}

function announced({ type, properties, data }: HeifItem): number {
  try {
    if (type === 'av01') return av1Pixels(data);
    const config = properties.get('hvcC');
    return config ? hevcPixels(config, data) : 0;
  } catch (thrown) {
    if (thrown instanceof RangeError) return 0;
    throw thrown;
  }
}

function sizeOf({ properties }: HeifItem): number {
  const ispe = properties.get('ispe');
  return ispe && ispe.length >= 12 ? ispe.readUInt32BE(4) * ispe.readUInt32BE(8) : 0;
}
