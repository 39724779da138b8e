import { readdirSync, readFileSync } from 'node:fs';

/** Ids of the processes with this module that a process has started, by what the system tells of every process. */
export function workerPids(parent: number, module = 'worker-main'): number[] {
  const read = (file: string) => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      // It has ended meanwhile.
      return '';
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(`/proc/${pid}/cmdline`).includes(module))
    .filter((pid) => new RegExp(`^PPid:\\s+${parent}$`, 'm').test(read(`/proc/${pid}/status`)))
    .map(Number);
}
