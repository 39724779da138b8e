import { type Config, loadConfig } from '../../lib/config';

/**
 * The configuration of a process in an empty environment, but for the engine: `SEGMENTER=tfjs npx jest` runs the same
 * tests on the other one.
 */
export function configUnderTest(): Config {
  return loadConfig({ SEGMENTER: process.env.SEGMENTER });
}
