import { foregroundColour } from '../../lib/pipeline/foreground-colour';
import type { Rgb } from '../helpers/pictures';
import { GREEN, matteOf, paint, RED } from '../helpers/scenes';

const mix = (front: Rgb, back: Rgb, share: number): Rgb => {
  const level = (c: 0 | 1 | 2) => Math.round(front[c] * share + back[c] * (1 - share));
  return [level(0), level(1), level(2)];
};

describe('foregroundColour', () => {
  it('knows the colour nearby: a dress of two colours keeps each at its own outline', () => {
    // Red above, violet below, green behind on the right; half-transparent at column 150.
    const violet: Rgb = [120, 40, 190];
    const share = (x: number) => (x < 150 ? 1 : x < 152 ? 0.5 : 0);
    const photo = paint(300, 300, (x, y) => mix(y < 150 ? RED : violet, GREEN, share(x)));
    const matte = matteOf(300, 300, (x) => Math.round(255 * share(x)));
    const colour = foregroundColour(photo, matte, { left: 0, top: 0, width: 160, height: 300 });
    const out = new Uint8Array(8);
    colour(150, 40, 128, out, 0);
    colour(150, 260, 128, out, 4);
    for (let c = 0; c < 3; c++) {
      expect(Math.abs(out[c]! - RED[c]!)).toBeLessThanOrEqual(12);
      expect(Math.abs(out[4 + c]! - violet[c]!)).toBeLessThanOrEqual(12);
    }
    expect([out[3], out[7]]).toEqual([0, 0]); // alpha is the caller's
  });

  it('gives a thin strap, far from the rest of the dress, the strap’s own colour', () => {
    // One pixel wide and half-transparent beside its core: a sparse look at the photo can miss all of it.
    const [width, height] = [900, 1200];
    const alphaAt = (x: number, y: number) => {
      if (y >= 600) return x >= 200 && x < 700 ? 255 : 0;
      return y >= 20 && x >= 450 && x < 452 ? (x === 450 ? 255 : 128) : 0;
    };
    const photo = paint(width, height, (x, y) => mix(RED, GREEN, alphaAt(x, y) / 255));
    const matte = matteOf(width, height, alphaAt);
    const colour = foregroundColour(photo, matte, { left: 192, top: 12, width: 516, height: 1188 });
    const out = new Uint8Array(4);
    colour(451, 100, 128, out, 0);
    for (let c = 0; c < 3; c++) expect(Math.abs(out[c]! - RED[c]!)).toBeLessThanOrEqual(40);
  });
});
