import { join } from 'node:path';
import sharp from 'sharp';
import { iou, overlap } from '../../bench/scores';
import { loadOpenCv } from '../../lib/opencv';
import { grabCutFromBox } from '../../lib/pipeline/grab-cut-from-box';
import type { Box, Photo } from '../../lib/raster';
import { discPhoto, discTruth } from '../helpers/scenes';

const cutFromBox = async (photo: Photo, box: Box, iterations: number) =>
  (await grabCutFromBox(photo, box, iterations)).data;

const [WIDTH, HEIGHT] = [96, 128];
const photo = discPhoto(WIDTH, HEIGHT);
const truth = discTruth(WIDTH, HEIGHT);

describe('grabCutFromBox', () => {
  const box = { left: 8, top: 20, width: 80, height: 90 };

  it('finds what stands in the rectangle, and nothing outside it', async () => {
    const mask = await cutFromBox(photo, box, 3);
    expect(iou(overlap(mask, truth))).toBeGreaterThan(0.95);
    const half = { left: 0, top: 0, width: WIDTH / 2, height: HEIGHT };
    const left = await cutFromBox(photo, half, 1);
    expect(left.findIndex((value, i) => value === 1 && i % WIDTH >= WIDTH / 2)).toBe(-1);
  });

  it('gives the same mask for the same bytes, wherever OpenCV’s chance stands', async () => {
    // A street has enough colours for chance to decide; unseeded, each of these states gives another mask.
    const rgb = await sharp(join(__dirname, '..', 'fixtures', 'dress.jpg'))
      .resize(224, 224, { fit: 'fill' })
      .raw()
      .toBuffer();
    const square: Photo = { kind: 'photo', width: 224, height: 224, rgb };
    const { cv } = await loadOpenCv();
    const cut = (state: number) => {
      cv.setRNGSeed(state);
      return cutFromBox(square, { left: 50, top: 10, width: 124, height: 204 }, 1);
    };
    const first = await cut(1);
    for (const state of [2, 3]) expect(Buffer.compare(await cut(state), first)).toBe(0);
  });

  it('says that OpenCV failed where the rectangle is everything', async () => {
    const cut = () => cutFromBox(photo, { left: 0, top: 0, width: WIDTH, height: HEIGHT }, 1);
    await expect(cut()).rejects.toEqual(
      expect.objectContaining({ code: 'internal', message: expect.stringMatching(/^OpenCV: /) }),
    );
  });
});
