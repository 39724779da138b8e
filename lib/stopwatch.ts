import type { Step } from './findings';

/** Runs a step and keeps how long it took. */
export type Timed = <T>(step: Step, work: () => T | Promise<T>) => Promise<T>;

/**
 * Wall-clock times of the steps of one photo.
 *
 * @param earlier steps that were timed before, to which later ones are added; not changed
 * @returns `milliseconds`, which fills as steps end, two decimals each; `timed`, which runs one
 */
export function stopwatch(earlier: Readonly<Partial<Record<Step, number>>> = {}) {
  const milliseconds: Partial<Record<Step, number>> = { ...earlier };
  const timed: Timed = async (step, work) => {
    const start = performance.now();
    const result = await work();
    milliseconds[step] = Math.round((performance.now() - start) * 100) / 100;
    return result;
  };
  return { milliseconds, timed };
}
