import { DresscutError } from '../errors';
import type { CutOutOptions } from '../options';

/**
 * What the form of an upload must say. Always the same type, whatever the photo is: its bytes decide, and no browser
 * shows an upload as a page. Every option is spelt out, so that what was promised here holds whatever the defaults of
 * other uploads are.
 *
 * @throws DresscutError `invalid-option` for strokes, which metadata has no room for
 */
export function ticketFields(options: CutOutOptions): Record<string, string> {
  const { background, presence, size, strokes, ...rest } = options;
  if (strokes.length > 0) {
    const message = 'A ticket carries no strokes: send them with the photo to POST /v1/cutouts.';
    throw new DresscutError('invalid-option', message, { facts: { option: 'strokes' } });
  }
  const texts = {
    ...rest,
    background: background === null ? 'transparent' : [background.r, background.g, background.b].join(','),
    presence: presence ?? 'auto',
    size: size ?? 'original',
    masks: true,
  };
  const metadata = Object.entries(texts).map(([name, text]) => [`x-amz-meta-dresscut-${name}`, String(text)]);
  return { 'Content-Type': 'application/octet-stream', ...Object.fromEntries(metadata) };
}
