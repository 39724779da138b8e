import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..');

/** One fenced block of a document. */
export interface Block {
  /** Word behind the opening fence; empty for a command to type. */
  readonly language: string;
  readonly text: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
}

/** Every Markdown file that git knows or would add, as paths from the root. */
export function documents(): string[] {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.md'];
  return execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' }).split('\n').filter(Boolean);
}

export function readDocument(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let open: { language: string; line: number; lines: string[] } | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^\s*```(\w*)/.exec(line);
    if (fence === null) {
      open?.lines.push(line);
    } else if (open === null) {
      open = { language: fence[1] ?? '', line: index + 1, lines: [] };
    } else {
      blocks.push({ language: open.language, text: open.lines.join('\n'), line: open.line });
      open = null;
    }
  }
  return blocks;
}

/** What is left of a document without its fenced blocks. */
export function proseOf(text: string): string {
  return text.replace(/^\s*```[\s\S]*?^\s*```/gm, '');
}

/** The anchors that a document's headings get: lower case, blanks as hyphens, no punctuation. */
export function anchorsOf(text: string): string[] {
  return [...proseOf(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** First cells of the rows of every table whose first heading is `first`, as the words in backticks there. */
export function firstColumn(text: string, first: string): string[] {
  const words: string[] = [];
  let inside = false;
  for (const line of text.split('\n')) {
    const cell = /^\|([^|]*)\|/.exec(line)?.[1]?.trim();
    if (cell === undefined) inside = false;
    else if (cell === first) inside = true;
    else if (inside) words.push(...[...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word));
  }
  return words;
}
