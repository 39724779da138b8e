import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { messageOf } from '../lib/errors';
import { machine } from './machine';
import { median } from './scores';
import { ms } from './table';
import { photoOf } from './tasks/task';

/** Milliseconds from the start of the built command to the end of its process, for one photo of 1.6 megapixels. */
async function main(): Promise<void> {
  const { build, runs } = new Command('bench:start')
    .description('Time the built command, npm run build:package, from its start to its end.')
    .option('--build <dir>', 'where it lies', join(__dirname, '..', 'build'))
    .option('--runs <count>', 'of the process, after one that does not count', Number, 7)
    .parse()
    .opts<{ build: string; runs: number }>();
  const command = join(build, 'dresscut.js');
  if (!existsSync(command)) throw new Error(`${command} is not there; npm run build:package makes it.`);
  const folder = await mkdtemp(join(tmpdir(), 'dresscut-start-'));
  try {
    await writeFile(join(folder, 'photo.jpg'), await photoOf(1536));
    const took: number[] = [];
    for (let run = 0; run <= runs; run++) {
      await rm(join(folder, 'results'), { recursive: true, force: true });
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, [command, 'photo.jpg'], { cwd: folder, encoding: 'utf8' });
      if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
      if (run > 0) took.push(performance.now() - start);
    }
    const { cpus, cpu, platform } = machine();
    const [least, middle] = [Math.min(...took), median(took)];
    process.stdout.write(`${cpus} x ${cpu}, ${platform}: least ${ms(least)} ms, median ${ms(middle)} ms\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

main().catch((thrown: unknown) => {
  process.stderr.write(`bench:start: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
