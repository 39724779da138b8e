import { type Config, loadConfig } from '../lib/config';
import { letGarbageWait } from '../lib/heap';

/** The environment as a handler reads it when its module is loaded. On Lambda the process is the function's alone. */
export function functionConfig(): Config {
  const config = loadConfig();
  if (config.functionName !== undefined) letGarbageWait();
  return config;
}
