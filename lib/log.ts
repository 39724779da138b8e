/** Takes what callers must not see, one entry for each fault of ours. */
export type Log = (entry: Readonly<Record<string, unknown>>) => void;

/** One JSON object a line on stderr, for a terminal or a container; on Lambda the handlers have a logger of their own. */
export const log: Log = (entry) => {
  process.stderr.write(`${JSON.stringify(entry)}\n`);
};
