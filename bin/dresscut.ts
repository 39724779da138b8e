#!/usr/bin/env node
import { messageOf } from '../lib/errors';

/**
 * The commands, by the first word. Each runs when it is loaded, takes the words behind its own, and is loaded only
 * when it is asked for.
 */
const COMMANDS: Readonly<Record<string, () => Promise<unknown>>> = {
  cut: () => import('./cut/main'),
  serve: () => import('./serve'),
  index: async () => (await import('./catalogue/main')).catalogueMain('index'),
  similar: async () => (await import('./catalogue/main')).catalogueMain('similar'),
  evaluate: () => import('../bench/evaluate'),
};

function start(): Promise<unknown> {
  const word = process.argv[2] ?? '';
  const load = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (load === undefined) return import('./cut/main');
  process.argv.splice(2, 1);
  return load();
}

start().catch((thrown: unknown) => {
  process.stderr.write(`dresscut: ${messageOf(thrown)}\n`);
  process.exitCode = 2;
});
