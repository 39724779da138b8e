import type { Foreground, Photo } from '../raster';

/** The photo with everything outside a foreground, which may be of another size, painted white. */
export function onWhite(photo: Photo, foreground: Foreground): Photo {
  const rgb = new Uint8Array(photo.rgb.length).fill(255);
  for (let y = 0, i = 0; y < photo.height; y++) {
    const row = Math.floor(((y + 0.5) * foreground.height) / photo.height) * foreground.width;
    for (let x = 0; x < photo.width; x++, i += 3) {
      if (foreground.data[row + Math.floor(((x + 0.5) * foreground.width) / photo.width)] === 1) {
        rgb.set(photo.rgb.subarray(i, i + 3), i);
      }
    }
  }
  return { ...photo, rgb };
}
