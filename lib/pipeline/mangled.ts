/** Looked at, in bytes: no compressed picture is valid UTF-8 for so long. */
const WINDOW = 4096;
/** Letters; fewer prove nothing. */
const LEAST = 32;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells bytes from text.
const CONTROLS = /[\u0000-\u0008\u000e-\u001f]/;

/**
 * Whether bytes were taken for text on their way: read as Latin-1 or UTF-8 and written as UTF-8 again. What could not
 * be read is U+FFFD for ever, so nothing can be mended.
 */
export function isMangled(bytes: Uint8Array): boolean {
  const text = utf8(bytes.subarray(0, WINDOW));
  if (text === null || text.length < LEAST) return false;
  return /[\u0080-\uffff]/.test(text) && CONTROLS.test(text);
}

/** What a text that may be base64 begins with, decoded; `null` where it is no base64. */
export function fromBase64Text(start: string): Uint8Array | null {
  const digits = /^"?([A-Za-z0-9+/_-]{24,})/.exec(start.trimStart())?.[1];
  return digits === undefined ? null : Buffer.from(digits.slice(0, digits.length & ~3), 'base64');
}

/** A window may cut its last sign in two. */
function utf8(bytes: Uint8Array): string | null {
  for (let cut = 0; cut < 4 && cut < bytes.length; cut++) {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, bytes.length - cut));
    } catch {
      // Not UTF-8, or not up to here.
    }
  }
  return null;
}
