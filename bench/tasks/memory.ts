import { loadConfig } from '../../lib/config';
import { createEngine } from '../../lib/engine';
import { DEFAULTS } from '../../lib/options';
import { answer, asked, failed, peakRss, photoOf } from './task';

/** Cut one photo again and again and watch the process grow, or not: resident MB after so many photos. */
async function main(): Promise<void> {
  const { height, photos, looks } = asked<{ height: number; photos: number; looks: number }>();
  const { cutOut } = createEngine({ ...loadConfig(), threads: 1 });
  const bytes = await photoOf(height);
  const every = Math.max(1, Math.floor(photos / looks));
  const seen: { photos: number; rss: number }[] = [];
  for (let done = 1; done <= photos; done++) {
    await cutOut(bytes, { ...DEFAULTS, expect: 'dress', crop: true });
    if (done % every === 0) seen.push({ photos: done, rss: Math.round(process.memoryUsage.rss() / 2 ** 20) });
  }
  answer({ seen, peakRss: peakRss() });
}

main().catch(failed);
