import { Writable } from 'node:stream';
import { Terminal } from '@xterm/headless';
import { showProgress } from '../../bin/cut/progress';

/** A terminal's screen, as a person would see it: what scrolled away counts, wrapped lines are one line. */
class Screen extends Writable {
  readonly isTTY = true;
  readonly columns: number;
  readonly rows = 8;
  private readonly terminal: Terminal;

  constructor(columns: number) {
    super();
    this.columns = columns;
    this.terminal = new Terminal({ cols: columns, rows: this.rows, allowProposedApi: true, convertEol: true });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.terminal.write(chunk, () => done());
  }

  async lines(): Promise<string[]> {
    // Behind everything that was written and may still wait.
    await new Promise<void>((resolve) => this.write('\r', () => resolve()));
    const { active } = this.terminal.buffer;
    const lines: string[] = [];
    for (let at = 0; at < active.length; at++) {
      const row = active.getLine(at);
      const text = row?.translateToString(true) ?? '';
      if (row?.isWrapped) lines.push(`${lines.pop() ?? ''}${text}`);
      else lines.push(text);
    }
    return lines.filter((line) => line !== '');
  }

  /** Columns that the lowest line that is not empty takes. */
  async barWidth(): Promise<number> {
    return (await this.lines()).at(-1)?.length ?? 0;
  }
}

const NOTES = [
  'photos/a.jpg: no dress in it (no_dress), so nothing was written; presence 4 %',
  `photos/${'long-name-'.repeat(24)}.jpg: could not be cut. The file is damaged and says so at some length. (damaged)`,
  'results/c.png: the dress is cut out but unsure, have a look (review); confidence 61 %, presence 98 %',
];

test.each([200, 80, 60, 40, 20])(
  'a terminal of %d columns loses nothing of a note while the bar is there',
  async (columns) => {
    const screen = new Screen(columns);
    const progress = showProgress(screen, 20);
    for (let done = 0; done < 20; done++) {
      const note = NOTES[done];
      if (note !== undefined) progress.note(note);
      progress.advance();
    }
    const width = await screen.barWidth().finally(() => progress.stop());
    expect(width).toBeLessThanOrEqual(columns);
    screen.write('20 cut\n');
    expect(await screen.lines()).toEqual([...NOTES, '20 cut']);
  },
);
