/** Rows of cells -> a Markdown table; the first row is the head. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => String(row[column]).length)));
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell, i) => String(cell).padEnd(widths[i] as number)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), `|${widths.map((w) => '-'.repeat(w + 2)).join('|')}|`, ...body.map(line)].join('\n');
}

/** A share as per cent with one decimal. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
/** An IoU or the like with three decimals. */
export const figure = (value: number): string => value.toFixed(3);
/** Milliseconds with one decimal. */
export const ms = (value: number): string => value.toFixed(1);
