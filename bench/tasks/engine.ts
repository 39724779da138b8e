import { createApp } from '../../lib/app';
import { type Engine, loadConfig } from '../../lib/config';
import { decode } from '../../lib/pipeline/decode';
import { resize } from '../../lib/pipeline/resize';
import { median } from '../scores';
import { answer, asked, clock, failed, peakRss, photoOf } from './task';

/** The network alone on one engine, from its loading on, at the size at which the shipped photo is served. */
async function main(): Promise<void> {
  const { engine, rounds, threads } = asked<{ engine: Engine; rounds: number; threads: number }>();
  // libtensorflow asks the environment, when it is loaded.
  process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  const { photo } = await decode(await photoOf(864));
  const { segmenter } = createApp({ ...loadConfig(), segmenter: engine, threads });
  const { width, height } = await segmenter.inputSize(photo.width, photo.height);
  const small = await resize(photo, width, height);
  let name = '';
  const load = await clock(async () => {
    name = (await segmenter.load()).engine;
  });
  const first = await clock(() => segmenter.segment(small));
  const warm: number[] = [];
  for (let round = 0; round < rounds; round++) warm.push(await clock(() => segmenter.segment(small)));
  answer({ engine: name, width, height, load, first, warm: median(warm), peakRss: peakRss() });
}

main().catch(failed);
