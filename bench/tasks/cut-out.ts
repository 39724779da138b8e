import { loadConfig } from '../../lib/config';
import { createEngine } from '../../lib/engine';
import { type CutOutOptions, DEFAULTS, type FORMATS } from '../../lib/options';
import { sharp } from '../../lib/pipeline/codec';
import { decode } from '../../lib/pipeline/decode';
import { encode } from '../../lib/pipeline/encode';
import { resize } from '../../lib/pipeline/resize';
import { predict } from '../../lib/predict';
import { padded } from '../padded';
import { median } from '../scores';
import { answer, asked, clock, failed, peakRss, photoOf } from './task';

/**
 * The whole cut-out beside what cannot be avoided (decode, reduce, network, encode), in turns, one photo. The floor is
 * the same with one look of the network.
 */
async function main(): Promise<void> {
  const { height, small, format, rounds, threads } = asked<{
    height: number;
    /** A figure half as high, at which the network looks twice. */
    small?: boolean;
    format: (typeof FORMATS)[number];
    rounds: number;
    threads: number;
  }>();
  const { cutOut, segmenter } = createEngine({ ...loadConfig(), threads });
  const bytes = small ? await padded(await photoOf(height / 2), 'blurred') : await photoOf(height);
  const options: CutOutOptions = { ...DEFAULTS, expect: 'dress', crop: true, format };
  const { image, findings } = await cutOut(bytes, options);
  if (image === null) throw new Error('the shipped photo was not cut');
  const { data, info } = await sharp(image.bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const rgba = { kind: 'cutout', width: info.width, height: info.height, rgba: data } as const;

  const floors: number[] = [];
  const needed: number[] = [];
  const whole: number[] = [];
  const steps: Record<string, number[]> = {};
  for (let round = 0; round <= rounds; round++) {
    const floor = await clock(async () => {
      const { photo } = await decode(bytes);
      const { width, height } = await segmenter.inputSize(photo.width, photo.height);
      await segmenter.segment(await resize(photo, width, height));
      await encode(rgba, options);
    });
    const unavoidable = await clock(async () => {
      const { photo } = await decode(bytes);
      await predict(photo, segmenter, null);
      await encode(rgba, options);
    });
    let took: Readonly<Record<string, number>> = {};
    const all = await clock(async () => {
      took = (await cutOut(bytes, options)).findings.milliseconds;
    });
    if (round === 0) continue; // the first of each is not timed
    floors.push(floor);
    needed.push(unavoidable);
    whole.push(all);
    for (const [step, ms] of Object.entries(took)) steps[step] = [...(steps[step] ?? []), ms];
  }
  answer({
    megapixels: (findings.photo.width * findings.photo.height) / 1e6,
    floor: median(floors),
    unavoidable: median(needed),
    whole: median(whole),
    ours: median(whole.map((ms, i) => ms - (needed[i] as number))),
    ratio: median(whole.map((ms, i) => ms / (floors[i] as number))),
    steps: Object.fromEntries(Object.entries(steps).map(([step, ms]) => [step, median(ms)])),
    peakRss: peakRss(),
    engine: (await segmenter.load()).engine,
  });
}

main().catch(failed);
