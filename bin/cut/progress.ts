import { SingleBar } from 'cli-progress';

/** Where lines for people go; a terminal knows itself by `isTTY`. */
export interface Terminal extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
}

/** Tells how far a run is. */
export interface Progress {
  /** One more photo is done, well or not. */
  advance(): void;
  /** A line for people, above the bar if there is one. */
  note(line: string): void;
  stop(): void;
}

/** A bar with the time left when `stream` is a terminal and more than one photo is to come; else only notes. */
export function showProgress(stream: Terminal, total: number): Progress {
  if (!stream.isTTY || total < 2) {
    return { advance: () => undefined, note: (line) => void stream.write(`${line}\n`), stop: () => undefined };
  }
  const bar = new SingleBar({
    stream,
    format: '{bar} {value}/{total}  {percentage} %  {eta_formatted} left',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    forceRedraw: true,
    // The default switches wrapping off for as long as the bar lives, and a terminal then drops what stands beyond
    // its edge. The bar itself is cut to the width by its library.
    linewrap: true,
    // Photos differ in size: the time left is taken from many of them.
    etaBuffer: 50,
    // Ctrl-C is handled where the run is.
    gracefulExit: false,
  });
  bar.start(total, 0);
  return {
    advance: () => bar.increment(),
    note: (line) => {
      // ESC 7 saves the cursor where the bar now stands; the bar's end goes back to the saved place.
      stream.write(`\r\u001b[K${line}\n\u001b7`);
      bar.render();
    },
    stop: () => bar.stop(),
  };
}
