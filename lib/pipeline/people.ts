import type { Mask, Probabilities } from '../raster';

/** Where somebody is, dressed or not, at the network's size. */
export function peopleOf({ width, height, skin, dress }: Probabilities): Mask {
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) if (skin[i]! + dress[i]! > 0.5) data[i] = 1;
  return { width, height, data };
}

/** 1 where a label is, else 0. */
export function pixelsOf(label: number, labels: ArrayLike<number>): Uint8Array {
  const data = new Uint8Array(labels.length);
  for (let i = 0; i < data.length; i++) if (labels[i] === label) data[i] = 1;
  return data;
}
