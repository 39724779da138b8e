import sharp from 'sharp';
import { decode } from '../lib/pipeline/decode';

/** What may lie around a photo: a plain colour, or the photo itself, enlarged and blurred as video editors do it. */
export const AROUND = ['white', 'black', 'blurred'] as const;
export type Around = (typeof AROUND)[number];

/**
 * A photo in the middle of a frame twice as wide and as high, so that whoever is in it fills half the height:
 * a small figure, a screenshot with bars, a shop's padding.
 *
 * @param bytes any photo that the pipeline takes
 * @returns a JPEG of four times the pixels
 * @throws DresscutError as `decode` does
 */
export async function padded(bytes: Uint8Array, around: Around): Promise<Buffer> {
  const { photo } = await decode(bytes);
  const raw = { width: photo.width, height: photo.height, channels: 3 } as const;
  // Half a side; of an odd one half and a half, so that both margins are equal and `insideOf` finds them.
  const [x, y] = [Math.ceil(photo.width / 2), Math.ceil(photo.height / 2)];
  const [width, height] = [photo.width + 2 * x, photo.height + 2 * y];
  const behind =
    around === 'blurred'
      ? sharp(photo.rgb, { raw })
          .resize(width, height, { fit: 'fill' })
          .blur(height / 20)
      : sharp({ create: { width, height, channels: 3, background: around } });
  // So little compressed that the frame is what is measured, not JPEG.
  return behind
    .composite([{ input: Buffer.from(photo.rgb), raw, left: x, top: y }])
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

/**
 * Where the photo is in a frame.
 * @param frame size of a photo that {@link padded} made, pixels
 */
export function insideOf(frame: { readonly width: number; readonly height: number }) {
  const [width, height] = [Math.floor(frame.width / 2), Math.floor(frame.height / 2)];
  return { width, height, left: (frame.width - width) / 2, top: (frame.height - height) / 2 };
}
