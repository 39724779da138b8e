import * as ort from 'onnxruntime-node';
import { loadOpenCv } from '../../lib/opencv';
import { DEFAULTS } from '../../lib/options';
import { sharp } from '../../lib/pipeline/codec';
import { compose, frameOf } from '../../lib/pipeline/compose';
import { decode } from '../../lib/pipeline/decode';
import { encode } from '../../lib/pipeline/encode';
import { ARTICLE_SIDE, isolate } from '../../lib/pipeline/isolate';
import { onWhite } from '../../lib/pipeline/on-white';
import { resize } from '../../lib/pipeline/resize';
import { threshold } from '../../lib/pipeline/threshold';
import type { Foreground } from '../../lib/raster';
import { articleUnet } from '../article-unet';
import { median } from '../scores';
import { answer, asked, clock, failed, peakRss, photoOf } from './task';

/**
 * The article's own pipeline: GrabCut at 224 x 224, its UNet, a hard mask, a PNG. The network is random, so what is
 * cut out is what GrabCut found: as much to compose and encode as a mask that means something.
 */
async function main(): Promise<void> {
  const { height, rounds, threads } = asked<{ height: number; rounds: number; threads: number }>();
  sharp.concurrency(threads);
  const bytes = await photoOf(height);
  const side = ARTICLE_SIDE;
  const session = await ort.InferenceSession.create(articleUnet(side), { intraOpNumThreads: threads });
  await loadOpenCv();
  const steps: Record<'isolate' | 'segment', number[]> = { isolate: [], segment: [] };
  const whole: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const took = { isolate: 0, segment: 0 };
    const all = await clock(async () => {
      const { photo } = await decode(bytes);
      const square = await resize(photo, side, side);
      let foreground: Foreground | undefined;
      took.isolate = await clock(async () => {
        foreground = await isolate(square);
      });
      if (foreground === undefined) throw new Error('nothing was isolated');
      const { rgb } = onWhite(square, foreground);
      took.segment = await clock(async () => {
        const area = side * side;
        const planes = Float32Array.from({ length: 3 * area }, (_, i) => {
          return (rgb[3 * (i % area) + Math.floor(i / area)] as number) / 255;
        });
        await session.run({ photo: new ort.Tensor('float32', planes, [1, 3, side, side]) });
      });
      const dress = Float32Array.from(foreground.data);
      const none = new Float32Array(side * side);
      const shape = { kind: 'probabilities', width: side, height: side, background: none, skin: none } as const;
      const matte = threshold(photo, { ...shape, dress, presence: 1, turned: 0 });
      const frame = frameOf(matte, { crop: true, margin: 0.05 });
      await encode(compose(photo, matte, frame, null), DEFAULTS);
    });
    if (round === 0) continue;
    whole.push(all);
    steps.isolate.push(took.isolate);
    steps.segment.push(took.segment);
  }
  const { isolate: grabCut, segment } = steps;
  answer({ whole: median(whole), steps: { grabCut: median(grabCut), network: median(segment) }, peakRss: peakRss() });
}

main().catch(failed);
