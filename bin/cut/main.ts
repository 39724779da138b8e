import { config, openOnnx } from './early';

// All else is loaded after that, beside what it has started.

import { createEngine } from '../../lib/engine';
import { messageOf } from '../../lib/errors';
import { letGarbageWait } from '../../lib/heap';
import { EXIT, run } from './command';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second Ctrl-C is from somebody who does not want to wait.
    if (stop.signal.aborted) process.exit(EXIT.stopped);
    stop.abort();
  });
}
for (const stream of [process.stdout, process.stderr]) {
  // `dresscut ... | head` closes the pipe early: 141 is how a shell reports that.
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 141 : EXIT.someNot));
}

async function cut(): Promise<void> {
  letGarbageWait();
  const { cutOut, segmenter } = createEngine(config, openOnnx);
  const { stdin, stdout, stderr } = process;
  process.exitCode = await run(process.argv.slice(2), {
    command: config.npmScript === 'dresscut' ? 'npm run dresscut --' : 'dresscut',
    cutOut,
    model: () => segmenter.load(),
    stdin,
    stdout,
    stderr,
    signal: stop.signal,
  });
  // A photo that was being cut when the signal came is still in work.
  if (stop.signal.aborted) process.exit();
}

cut().catch((thrown: unknown) => {
  process.stderr.write(`dresscut: ${messageOf(thrown)}\n`);
  process.exitCode = EXIT.usage;
});
