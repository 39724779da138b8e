import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { median } from '../scores';
import { answer, asked, clock, failed, peakRss, photoOf } from './task';

/** `@imgly/background-removal-node` (AGPL-3.0), in this process and no other: bytes in, PNG out. */
async function main(): Promise<void> {
  const { height, rounds, peers } = asked<{ height: number; rounds: number; peers: string }>();
  const load = createRequire(join(peers, 'package.json'));
  const { removeBackground } = load('@imgly/background-removal-node') as {
    removeBackground(photo: Blob, options: { publicPath: string }): Promise<Blob>;
  };
  const photo = new Blob([new Uint8Array(await photoOf(height))], { type: 'image/jpeg' });
  const dist = join(peers, 'node_modules', '@imgly', 'background-removal-node', 'dist');
  const remove = () => removeBackground(photo, { publicPath: `${pathToFileURL(dist)}/` });
  const first = await clock(remove);
  const whole: number[] = [];
  for (let round = 0; round < rounds; round++) whole.push(await clock(remove));
  answer({ first, whole: median(whole), peakRss: peakRss() });
}

main().catch(failed);
