import { components } from '../lib/pipeline/components';
import type { Mask } from '../lib/raster';
import type { BrushStroke } from '../lib/strokes';

/**
 * The click that a patient person makes next, as interactive segmentation is measured (Sofiiuk et al., "Reviving
 * Iterative Training with Mask Guidance", 2022): in the middle of the largest error, on what is missing or on what is
 * too much.
 *
 * @param radius of the tip, pixels; smaller where the error is narrower, as a person chooses it
 * @returns `null` where guess and truth agree
 */
export async function nextClick(guess: Mask, truth: Mask, radius: number): Promise<BrushStroke | null> {
  const missing = largestPiece(where(guess, truth, (cut, dress) => dress === 1 && cut === 0));
  const extra = largestPiece(where(guess, truth, (cut, dress) => dress === 0 && cut === 1));
  const keeps = missing.area >= extra.area;
  const piece = keeps ? missing : extra;
  if (piece.area === 0) return null;
  const { x, y, distance } = innermost(piece.mask);
  return {
    kind: keeps ? 'keep' : 'drop',
    points: [[x + 0.5, y + 0.5]],
    radius: Math.max(0.5, Math.min(radius, distance - 0.5)),
  };
}

function where(guess: Mask, truth: Mask, wrong: (cut: number, dress: number) => boolean): Mask {
  return { ...guess, data: guess.data.map((cut, i) => (wrong(cut, truth.data[i]!) ? 1 : 0)) };
}

function largestPiece(mask: Mask): { mask: Mask; area: number } {
  const { labels, areas } = components(mask, 4);
  const area = Math.max(0, ...areas);
  const label = 1 + areas.indexOf(area);
  return { mask: { ...mask, data: Uint8Array.from(labels, (one) => (one === label ? 1 : 0)) }, area };
}

/** The pixel of a mask that is farthest from its outside and from the border, by a chamfer distance in pixels. */
function innermost({ width, height, data }: Mask): { x: number; y: number; distance: number } {
  const distance = new Float32Array(data.length);
  const outside = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : distance[y * width + x]!;
  const nearest = (x: number, y: number, d: 1 | -1) =>
    Math.min(
      outside(x + d, y) + 1,
      outside(x, y + d) + 1,
      outside(x + d, y + d) + Math.SQRT2,
      outside(x - d, y + d) + Math.SQRT2,
    );
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (data[y * width + x] === 1) distance[y * width + x] = nearest(x, y, -1);
  }
  const best = { x: 0, y: 0, distance: 0 };
  for (let y = height - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--) {
      const i = y * width + x;
      if (data[i] === 0) continue;
      distance[i] = Math.min(distance[i]!, nearest(x, y, 1));
      if (distance[i]! > best.distance) Object.assign(best, { x, y, distance: distance[i]! });
    }
  }
  return best;
}
