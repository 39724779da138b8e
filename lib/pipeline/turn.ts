import type { Box, Features, Matte, Photo, Probabilities, Size, Turn } from '../raster';
import { boundingBox } from './box';

/** The turn that undoes another. */
export const back = (turn: Turn): Turn => ((360 - turn) % 360) as Turn;

/** A photo turned clockwise by `turn` degrees. */
export function turnPhoto(photo: Photo, turn: Turn): Photo {
  return { kind: 'photo', ...turnedSize(photo, turn), rgb: turned(photo.rgb, photo, turn, 3) };
}

/** A matte turned clockwise by `turn` degrees. */
export function turnMatte(matte: Matte, turn: Turn): Matte {
  const { width, height } = turnedSize(matte, turn);
  const alpha = turned(matte.alpha, matte, turn, 1);
  return { kind: 'matte', width, height, alpha, box: boundingBox({ width, height, data: alpha }, 0) };
}

/** A box of a raster of this size, where it lies once the raster is turned clockwise by `turn` degrees. */
export function turnBox({ left, top, width, height }: Box, { width: across, height: down }: Size, turn: Turn): Box {
  const [right, below] = [across - left - width, down - top - height];
  if (turn === 90) return { left: below, top: left, width: height, height: width };
  if (turn === 180) return { left: right, top: below, width, height };
  if (turn === 270) return { left: top, top: right, width: height, height: width };
  return { left, top, width, height };
}

/** What a network says of a photo, turned clockwise by `turn` degrees with the photo. */
export function turnProbabilities(said: Probabilities, turn: Turn): Probabilities {
  const { background, skin, dress, features } = said;
  const plane = (values: Float32Array) => turned(values, said, turn, 1);
  return {
    ...said,
    ...turnedSize(said, turn),
    background: plane(background),
    skin: plane(skin),
    dress: plane(dress),
    ...(features === undefined ? {} : { features: turnFeatures(features, turn) }),
  };
}

function turnFeatures(features: Features, turn: Turn): Features {
  const { width, height, channels } = features;
  const data = new Float32Array(features.data.length);
  const size = width * height;
  for (let at = 0; at < channels * size; at += size) {
    data.set(turned(features.data.subarray(at, at + size), features, turn, 1), at);
  }
  return { ...features, ...turnedSize(features, turn), data };
}

function turnedSize({ width, height }: Size, turn: Turn): Size {
  return turn % 180 === 0 ? { width, height } : { width: height, height: width };
}

/** @param channels values of one pixel, which lie side by side and stay together */
function turned<T extends Uint8Array | Float32Array>(values: T, from: Size, turn: Turn, channels: number): T {
  const { width } = turnedSize(from, turn);
  const { first, right, down } = walk(from, turn);
  const out = values.slice() as T;
  for (let i = 0; i < from.width * from.height; i++) {
    const x = i % width;
    const source = channels * (first + x * right + ((i - x) / width) * down);
    for (let c = 0; c < channels; c++) out[channels * i + c] = values[source + c]!;
  }
  return out;
}

/** Where the turned raster's first pixel lies in the one before, and how far to go there for one to the right or down. */
function walk({ width, height }: Size, turn: Turn) {
  if (turn === 90) return { first: (height - 1) * width, right: -width, down: 1 };
  if (turn === 180) return { first: width * height - 1, right: -1, down: -width };
  if (turn === 270) return { first: width - 1, right: width, down: -1 };
  return { first: 0, right: 1, down: width };
}
