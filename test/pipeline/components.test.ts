import fc from 'fast-check';
import { components } from '../../lib/pipeline/components';
import type { Mask } from '../../lib/raster';

const STEPS = {
  4: [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ],
  8: [-1, 0, 1].flatMap((x) => [-1, 0, 1].map((y) => [x, y])),
} as const;

/** Which piece each pixel is in, by walking from one pixel to its neighbours. */
function flooded({ width, height, data }: Mask, neighbours: 4 | 8): Int32Array {
  const labels = new Int32Array(data.length);
  let count = 0;
  for (let start = 0; start < data.length; start++) {
    if (data[start] === 0 || labels[start] !== 0) continue;
    labels[start] = ++count;
    for (const open = [start]; open.length > 0; ) {
      const at = open.pop()!;
      for (const [dx = 0, dy = 0] of STEPS[neighbours]) {
        const [x, y] = [(at % width) + dx, Math.floor(at / width) + dy];
        const next = y * width + x;
        if (x < 0 || y < 0 || x >= width || y >= height || data[next] === 0 || labels[next] !== 0) continue;
        labels[next] = count;
        open.push(next);
      }
    }
  }
  return labels;
}

const masks = fc
  .tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 24 }))
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: width * height, maxLength: width * height, max: 1 })
      .map((data): Mask => ({ width, height, data })),
  );

describe('components', () => {
  test.each([4, 8] as const)('are what a walk over %i neighbours finds, in the same order', (neighbours) => {
    fc.assert(
      fc.property(masks, (mask) => {
        const { labels, areas, boxes } = components(mask, neighbours);
        expect(labels).toEqual(flooded(mask, neighbours));
        for (const [i, { left, top, width, height }] of boxes.entries()) {
          const pixels = [...labels.keys()].filter((at) => labels[at] === i + 1);
          const xs = pixels.map((at) => at % mask.width);
          const ys = pixels.map((at) => Math.floor(at / mask.width));
          expect(areas[i]).toBe(pixels.length);
          expect([left, top]).toEqual([Math.min(...xs), Math.min(...ys)]);
          expect([left + width - 1, top + height - 1]).toEqual([Math.max(...xs), Math.max(...ys)]);
        }
        expect(boxes).toHaveLength(areas.length);
      }),
      { numRuns: 300 },
    );
  });

  test('join what meets late: a comb, a spiral', () => {
    const rows = (...text: string[]): Mask => ({
      width: text[0]?.length ?? 0,
      height: text.length,
      data: Uint8Array.from(text.join(''), (letter) => (letter === '#' ? 1 : 0)),
    });
    expect(components(rows('#.#.#', '#.#.#', '#####'), 4).areas).toEqual([11]);
    expect(components(rows('#####', '#...#', '#.#.#', '#.###'), 4).areas).toEqual([14]);
    expect(components(rows('..#', '.#.', '#..'), 4).areas).toEqual([1, 1, 1]);
    expect(components(rows('..#', '.#.', '#..'), 8).areas).toEqual([3]);
  });
});
