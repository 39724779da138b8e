import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a body is taken that nobody reads any more, in milliseconds. */
export interface Lingering {
  /** From the head of its request. */
  readonly time: number;
  /** Without a byte. */
  readonly silence: number;
}

/** The largest body that is ever read has 38 MB; who announces more may be slow to hear of it. */
const MAX_BYTES = 64_000_000;
/** At once: each holds a connection and next to no memory. Beyond them lines are cut, as they would be without us. */
const MAX_LINGERING = 256;

let lingering = 0;

/**
 * Takes and drops what is left of a body after its answer. A line that is closed over bytes that nobody has taken is
 * reset, and who still sends loses the answer with it. The line stays open until the body is whole, or a limit is
 * reached.
 */
export function lingerOver(request: IncomingMessage, response: ServerResponse, { time, silence }: Lingering): void {
  const started = performance.now();
  // When all of the answer is on its way, and before node looks whether the connection is to be closed.
  response.once('prefinish', () => {
    const { socket } = request;
    if (request.complete || socket.destroyed || lingering >= MAX_LINGERING) return;
    lingering += 1;
    const { destroySoon } = socket;
    let bytes = 0;
    // Called by node where the connection is not kept, and by the adapter half a second after any such answer.
    socket.destroySoon = () => undefined;
    const stop = () => {
      if (socket.destroySoon === destroySoon) return;
      lingering -= 1;
      socket.destroySoon = destroySoon;
      clearTimeout(total);
      clearTimeout(quiet);
      request.off('data', onData).off('end', onEnd);
      socket.off('close', stop);
    };
    const cut = () => {
      stop();
      socket.destroySoon();
    };
    const onEnd = () => (response.shouldKeepAlive ? stop() : cut());
    const total = setTimeout(cut, Math.max(0, time - (performance.now() - started)));
    const quiet = setTimeout(cut, silence);
    const onData = (chunk: Uint8Array) => {
      bytes += chunk.length;
      quiet.refresh();
      if (bytes > MAX_BYTES) cut();
    };
    request.on('data', onData).once('end', onEnd);
    socket.once('close', stop);
    request.resume();
  });
}
