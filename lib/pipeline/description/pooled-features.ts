import type { Box, Features, Matte, Plane } from '../../raster';

/** Bands of equal area from the top of the dress to its hem: what hangs above stays apart from what hangs below. */
const BANDS = 3;

/**
 * The mean of each of a network's features over the dress, band by band.
 *
 * @param within the part of the matte that the features are laid over, in its pixels
 * @returns three times as many numbers as there are channels, the upper band first
 */
export function pooledFeatures({ width, height, channels, data }: Features, matte: Matte, within: Box): number[] {
  const cells = cellsOf(matte, within, { width, height });
  const rows = Array.from({ length: height }, (_, y) =>
    cells.data.subarray(y * width, (y + 1) * width).reduce((sum, share) => sum + share, 0),
  );
  const whole = rows.reduce((sum, row) => sum + row, 0);
  const means = new Float64Array(BANDS * channels);
  let above = 0;
  for (const [y, row] of rows.entries()) {
    if (row === 0) continue;
    for (let band = 0; band < BANDS; band++) {
      // A row may lie in two bands: its share in this one.
      const [from, to] = [(band * whole) / BANDS, ((band + 1) * whole) / BANDS];
      const share = Math.max(0, Math.min(to, above + row) - Math.max(from, above)) / row / (whole / BANDS);
      if (share === 0) continue;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let i = y * width; i < (y + 1) * width; i++) sum += cells.data[i]! * data[c * width * height + i]!;
        means[band * channels + c]! += share * sum;
      }
    }
    above += row;
  }
  return Array.from(means);
}

/** How much of each cell is dress, 0 to 1. */
function cellsOf({ width, alpha }: Matte, within: Box, cells: { width: number; height: number }): Plane {
  const data = new Float32Array(cells.width * cells.height);
  const [across, down] = [within.width / cells.width, within.height / cells.height];
  for (let y = 0; y < cells.height; y++) {
    const [top, bottom] = edges(within.top, down, y);
    for (let x = 0; x < cells.width; x++) {
      const [left, right] = edges(within.left, across, x);
      let sum = 0;
      for (let row = top; row < bottom; row++) {
        for (let i = row * width + left; i < row * width + right; i++) sum += alpha[i] ?? 0;
      }
      data[y * cells.width + x] = sum / 255 / ((right - left) * (bottom - top));
    }
  }
  return { ...cells, data };
}

/** The first pixel of a cell, and the first behind it; a cell has one at least. */
function edges(start: number, size: number, cell: number): [number, number] {
  const from = Math.floor(start + cell * size);
  return [from, Math.max(from + 1, Math.floor(start + (cell + 1) * size))];
}
