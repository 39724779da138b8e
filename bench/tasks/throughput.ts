import { once } from 'node:events';
import { loadConfig } from '../../lib/config';
import { createEngine } from '../../lib/engine';
import { DEFAULTS } from '../../lib/options';
import { answer, asked, failed, photoOf } from './task';

/** Cuts one photo after the other for some seconds, from a line on stdin on, so that all workers start together. */
async function main(): Promise<void> {
  const { height, seconds, threads } = asked<{ height: number; seconds: number; threads: number }>();
  const { cutOut } = createEngine({ ...loadConfig(), threads });
  const bytes = await photoOf(height);
  const cut = () => cutOut(bytes, { ...DEFAULTS, expect: 'dress', crop: true });
  await cut();
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  const start = performance.now();
  let photos = 0;
  for (; performance.now() - start < 1000 * seconds; photos++) await cut();
  answer({ perSecond: (1000 * photos) / (performance.now() - start) });
  process.stdin.destroy();
}

main().catch(failed);
