/** One JSON object a line on stderr, where Lambda and a terminal alike collect it. */
export function log(entry: Readonly<Record<string, unknown>>): void {
  process.stderr.write(`${JSON.stringify(entry)}\n`);
}
