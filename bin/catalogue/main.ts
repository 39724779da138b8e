import { openCatalogue } from '../../lib/catalogue/open';
import { loadConfig } from '../../lib/config';
import { versionOf } from '../../lib/describe';
import { createEngine } from '../../lib/engine';
import { letGarbageWait } from '../../lib/heap';
import { runCatalogue } from './run';

/**
 * `dresscut index` and `dresscut similar` with the real parts.
 * @public for `bin/dresscut.ts`, which loads it by `require` when it is asked for
 */
export async function catalogueMain(command: 'index' | 'similar'): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => (stop.signal.aborted ? process.exit(130) : stop.abort()));
  }
  letGarbageWait();
  const { find, segmenter } = createEngine(loadConfig());
  const { stdout, stderr } = process;
  const version = async () => versionOf(await segmenter.load());
  const parts = { find, version, open: openCatalogue, stdout, stderr, signal: stop.signal };
  process.exitCode = await runCatalogue(command, process.argv.slice(2), parts);
}
