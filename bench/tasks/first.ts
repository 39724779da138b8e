import { createApp } from '../../lib/app';
import { loadConfig } from '../../lib/config';
import { DEFAULTS } from '../../lib/options';
import { decode } from '../../lib/pipeline/decode';
import { encode } from '../../lib/pipeline/encode';
import { predict } from '../../lib/predict';
import { answer, asked, failed, peakRss } from './task';

/** A fresh process's first photo; with `unavoidable`, decode, reduce, network and encode alone. */
async function main(): Promise<void> {
  const { threads, unavoidable } = asked<{ threads: number; unavoidable: boolean }>();
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const { cutOut, segmenter } = createApp({ ...loadConfig(), threads });
  if (unavoidable) {
    const { photo } = await decode(bytes);
    await predict(photo, segmenter, null);
    const rgba = new Uint8Array(4 * photo.width * photo.height);
    await encode({ kind: 'cutout', width: photo.width, height: photo.height, rgba }, { ...DEFAULTS, format: 'png' });
  } else {
    await cutOut(bytes, { ...DEFAULTS, expect: 'dress', crop: true });
  }
  answer({ peakRss: peakRss() });
}

main().catch(failed);
