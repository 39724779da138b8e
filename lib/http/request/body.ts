import { DresscutError } from '../../errors';

/**
 * A request's body, never more of it in memory than is allowed: the declared length is checked first, and what
 * arrives is counted, because the declaration may be missing or a lie.
 *
 * @param most bytes
 * @param name of what may be so large, for the message
 * @throws DresscutError `too-large`; `malformed-body` when the sender breaks off
 */
export async function readBody(request: Request, most: number, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > most) throw tooLarge(most, name);
  if (request.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new DresscutError('malformed-body', 'The body broke off before its end.', { cause });
    });
    if (done) break;
    length += value.length;
    if (length > most) {
      // A failed cancel changes nothing: the answer is the same.
      reader.cancel().catch(() => undefined);
      throw tooLarge(most, name);
    }
    chunks.push(value);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

function tooLarge(maxBytes: number, name: string): DresscutError {
  const limit = `${(maxBytes / 1e6).toFixed(1)} MB`;
  return new DresscutError('too-large', `The ${name} is larger than the limit of ${limit}.`, { facts: { maxBytes } });
}
