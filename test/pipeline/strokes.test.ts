import fc from 'fast-check';
import { boxOfStrokes, DROP, KEEP, paintStrokes, UNSAID } from '../../lib/pipeline/strokes';
import type { Stroke } from '../../lib/strokes';

const region = { left: 10, top: 20, scale: 1.5, width: 24, height: 18 };

/** Distance of a point from a line between two others. */
function fromLine([x, y]: number[], [ax, ay]: readonly number[], [bx, by]: readonly number[]): number {
  const [dx, dy] = [bx! - ax!, by! - ay!];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x! - ax!) * dx + (y! - ay!) * dy) / length));
  return Math.hypot(x! - ax! - t * dx, y! - ay! - t * dy);
}

/** How far a working pixel's centre is inside a stroke, in photo pixels; the plain way. */
function inside(stroke: Stroke, i: number, j: number): number {
  const x = region.left + (i + 0.5) * region.scale;
  const y = region.top + (j + 0.5) * region.scale;
  if ('box' in stroke) {
    const { left, top, width, height } = stroke.box;
    return Math.min(x - left, left + width - x, y - top, top + height - y);
  }
  const radius = Math.max(stroke.radius, Math.SQRT1_2 * region.scale);
  const distances = stroke.points.map((end, k) => fromLine([x, y], stroke.points[Math.max(0, k - 1)]!, end));
  return radius - Math.min(...distances);
}

const kind = fc.constantFrom('keep' as const, 'drop' as const);
const place = fc.tuple(fc.double({ min: -5, max: 60, noNaN: true }), fc.double({ min: 0, max: 60, noNaN: true }));
const brush = fc.record({
  kind,
  points: fc.array(place, { minLength: 1, maxLength: 4 }),
  radius: fc.double({ min: 0.5, max: 12, noNaN: true }),
});
const side = fc.double({ min: 0.5, max: 30, noNaN: true });
const box = fc.record({
  kind,
  box: fc.record({ left: side, top: side, width: side, height: side }),
});

describe('paintStrokes', () => {
  it('says of each pixel what the last stroke over its centre says', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(brush, box), { maxLength: 4 }), (strokes) => {
        const { data } = paintStrokes(strokes, region);
        const wrong: string[] = [];
        for (let j = 0, o = 0; j < region.height; j++) {
          for (let i = 0; i < region.width; i++, o++) {
            // On an outline itself rounding decides.
            if (strokes.some((stroke) => Math.abs(inside(stroke, i, j)) < 1e-6)) continue;
            const last = strokes.findLast((stroke) => inside(stroke, i, j) > 0);
            const word = last === undefined ? UNSAID : last.kind === 'keep' ? KEEP : DROP;
            if (data[o] !== word) wrong.push(`${i}, ${j}: ${data[o]} for ${word}`);
          }
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('reaches a pixel with the smallest tip, however much the region is reduced', () => {
    const dot: Stroke = { kind: 'keep', points: [[25.2, 31.7]], radius: 0.5 };
    expect(paintStrokes([dot], { ...region, scale: 9 }).data.includes(KEEP)).toBe(true);
  });

  it('refuses strokes that would take seconds to paint', () => {
    const points = Array.from({ length: 20_000 }, (_, k): [number, number] => [k % 2 === 0 ? 0 : 9000, 4500]);
    const scribble: Stroke = { kind: 'keep', points, radius: 4500 };
    const huge = { left: 0, top: 0, scale: 1, width: 64, height: 9000 };
    expect(() => paintStrokes([scribble], huge)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });
});

describe('boxOfStrokes', () => {
  const photo = { width: 100, height: 80 };

  it('holds every stroke, inside the photo', () => {
    const strokes: Stroke[] = [
      { kind: 'keep', points: [[-3, 10]], radius: 5 },
      { kind: 'drop', box: { left: 40, top: 70, width: 10, height: 30 } },
    ];
    expect(boxOfStrokes(strokes, photo)).toEqual({ left: 0, top: 5, width: 50, height: 75 });
  });

  it('names a stroke that lies beside the photo, as those made for the photo on its side do', () => {
    const strokes: Stroke[] = [
      { kind: 'keep', points: [[3, 10]], radius: 5 },
      { kind: 'keep', points: [[3, 90]], radius: 5 },
    ];
    expect(() => boxOfStrokes(strokes, photo)).toThrow(
      'Stroke 2 lies outside the photo, whose upright size is 100 x 80 pixels.',
    );
  });
});
