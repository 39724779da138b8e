import type { Matte, Photo, Probabilities } from '../../lib/raster';

type Rgb = readonly [number, number, number];

/** A drawn person in a dress; shares are of the photo's height, from its top. */
export interface Drawing {
  readonly width?: number;
  readonly height?: number;
  readonly head?: number;
  readonly shoulders?: number;
  readonly hem?: number;
  readonly feet?: number;
  /** The dress's colour at a place, in the photo's pixels. */
  readonly colour?: (x: number, y: number) => Rgb;
}

export interface Drawn {
  readonly photo: Photo;
  readonly matte: Matte;
  readonly whole: Probabilities;
}

/** Grey street, a column of skin from head to feet, and around it a dress that is wider. */
export function drawDress({
  width = 120,
  height = 240,
  head = 0.1,
  shoulders = 0.25,
  hem = 0.65,
  feet = 0.9,
  colour = () => [200, 30, 40],
}: Drawing = {}): Drawn {
  const rgb = new Uint8Array(3 * width * height).fill(128);
  const alpha = new Uint8Array(width * height);
  const planes = [0, 1, 2].map(() => new Float32Array(width * height));
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const aside = Math.abs(x + 0.5 - width / 2) / width;
      const dress = aside < 0.2 && y >= shoulders * height && y < hem * height;
      const skin = !dress && aside < 0.08 && y >= head * height && y < feet * height;
      rgb.set(dress ? colour(x, y) : skin ? [224, 172, 140] : [128, 128, 128], 3 * i);
      alpha[i] = dress ? 255 : 0;
      (planes[dress ? 2 : skin ? 1 : 0] as Float32Array)[i] = 1;
    }
  }
  const [background, skin, dress] = planes as [Float32Array, Float32Array, Float32Array];
  const [top, bottom] = [Math.ceil(shoulders * height), Math.ceil(hem * height)];
  const left = Math.ceil(0.3 * width - 0.5);
  const box = { left, top, width: width - 2 * left, height: bottom - top };
  return {
    photo: { kind: 'photo', width, height, rgb },
    matte: { kind: 'matte', width, height, alpha, box },
    whole: { kind: 'probabilities', width, height, background, skin, dress, presence: 1, turned: 0 },
  };
}
