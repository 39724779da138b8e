import fc from 'fast-check';
import { trace } from '../../lib/pipeline/trace';
import type { Matte } from '../../lib/raster';

interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly a: number;
  readonly b: number;
}

const { min, max, hypot } = Math;

/** Ellipses, soft by a pixel, and holes cut out of them; centres and radii as shares of the sides. */
function matteOf(width: number, height: number, islands: readonly Ellipse[], holes: readonly Ellipse[]): Matte {
  const alpha = new Uint8Array(width * height);
  const cover = ({ x, y, a, b }: Ellipse, px: number, py: number) => {
    const radius = min(a * width, b * height);
    const d = hypot((px - x * width) / (a * width), (py - y * height) / (b * height));
    return min(1, max(0, (1 - d) * radius + 0.5));
  };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let value = 0;
      for (const island of islands) value = max(value, cover(island, x + 0.5, y + 0.5));
      for (const hole of holes) value = min(value, 1 - cover(hole, x + 0.5, y + 0.5));
      alpha[i] = Math.round(255 * value);
    }
  }
  return { kind: 'matte', width, height, alpha, box: null };
}

function ringsOf(d: string): [number, number][][] {
  return d
    .split('Z')
    .filter((ring) => ring !== '')
    .map((ring) => {
      return ring
        .slice(1)
        .split('L')
        .map((pair) => pair.split(' ').map(Number) as [number, number]);
    });
}

/** The path filled by `evenodd`, looked at in the middle of each pixel: a rasteriser of its own. */
function fill(d: string, width: number, height: number): Uint8Array {
  const rings = ringsOf(d);
  const filled = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const crossings: number[] = [];
    for (const ring of rings) {
      ring.forEach(([x1, y1], i) => {
        const [x2, y2] = ring[(i + 1) % ring.length]!;
        if (y1 > y + 0.5 === y2 > y + 0.5) return;
        crossings.push(x1 + ((y + 0.5 - y1) / (y2 - y1)) * (x2 - x1));
      });
    }
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      for (let x = max(0, Math.ceil(crossings[i]! - 0.5)); x < width && x + 0.5 < crossings[i + 1]!; x++) {
        filled[y * width + x] = 1;
      }
    }
  }
  return filled;
}

function iou(filled: Uint8Array, { alpha }: Matte): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < alpha.length; i++) {
    const inside = alpha[i]! > 127;
    if (inside && filled[i] === 1) both++;
    if (inside || filled[i] === 1) either++;
  }
  return either === 0 ? 1 : both / either;
}

const share = (least: number, most: number) => fc.double({ min: least, max: most, noNaN: true });
const ellipse = (least: number, most: number) =>
  fc.record({ x: share(0, 1), y: share(0, 1), a: share(least, most), b: share(least, most) });

test('a path filled by evenodd covers what the matte covers, holes and islands at the edge included', () => {
  const islands = fc.array(ellipse(0.25, 0.6), { minLength: 1, maxLength: 3 });
  const holes = fc.array(ellipse(0.06, 0.1), { maxLength: 2 });
  const side = fc.integer({ min: 120, max: 260 });
  fc.assert(
    fc.property(side, side, islands, holes, (width, height, some, others) => {
      const matte = matteOf(width, height, some, others);
      expect(iou(fill(trace(matte), width, height), matte)).toBeGreaterThan(0.97);
    }),
    { numRuns: 30 },
  );
});

test('no coordinate leaves the photo and no path is longer than a few kB, whatever the matte', () => {
  const mattes = fc.integer({ min: 1, max: 60 }).chain((width) =>
    fc.uint8Array({ minLength: width, maxLength: width * 60 }).map((bytes) => {
      const height = Math.floor(bytes.length / width);
      return { kind: 'matte' as const, width, height, alpha: bytes.subarray(0, width * height), box: null };
    }),
  );
  fc.assert(
    fc.property(mattes, (matte) => {
      const d = trace(matte);
      expect(d.length).toBeLessThanOrEqual(6000);
      for (const [x, y] of ringsOf(d).flat()) {
        expect(x >= 0 && x <= matte.width && y >= 0 && y <= matte.height).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});

test('a large matte is traced by blocks and still fits', () => {
  const matte = matteOf(2500, 1700, [{ x: 0.5, y: 0.6, a: 0.3, b: 0.45 }], [{ x: 0.5, y: 0.5, a: 0.1, b: 0.1 }]);
  const d = trace(matte);
  expect(ringsOf(d)).toHaveLength(2);
  expect(iou(fill(d, 2500, 1700), matte)).toBeGreaterThan(0.99);
});

test('an empty matte has an empty path, and a full one the frame', () => {
  const full = new Uint8Array(64 * 48).fill(255);
  expect(trace({ kind: 'matte', width: 64, height: 48, alpha: new Uint8Array(64 * 48), box: null })).toBe('');
  const d = trace({ kind: 'matte', width: 64, height: 48, alpha: full, box: null });
  expect(iou(fill(d, 64, 48), { kind: 'matte', width: 64, height: 48, alpha: full, box: null })).toBe(1);
});
