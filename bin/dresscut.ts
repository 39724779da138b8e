#!/usr/bin/env node
import { messageOf } from '../lib/errors';

/**
 * The commands, by the first word. Each runs when it is loaded, takes the words behind its own, and is loaded only
 * when it is asked for. By `require`, because from the sources an `import()` of one of our own files finds nothing.
 */
const COMMANDS: Readonly<Record<string, () => unknown>> = {
  cut: () => {
    // What takes longest is begun first.
    require('./cut/early');
    require('./cut/main');
  },
  serve: () => require('./serve'),
  index: () => catalogue().catalogueMain('index'),
  similar: () => catalogue().catalogueMain('similar'),
  evaluate: () => require('../bench/evaluate'),
  completion: () => require('./completion'),
};

const catalogue = () => require('./catalogue/main') as typeof import('./catalogue/main');

async function start(): Promise<void> {
  const word = process.argv[2] ?? '';
  const known = Object.hasOwn(COMMANDS, word);
  if (known) process.argv.splice(2, 1);
  await COMMANDS[known ? word : 'cut']?.();
}

start().catch((thrown: unknown) => {
  process.stderr.write(`dresscut: ${messageOf(thrown)}\n`);
  process.exitCode = 2;
});
