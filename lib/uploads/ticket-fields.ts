import type { CutOutOptions } from '../options';

/**
 * What the form of an upload must say. Always the same type, whatever the photo is: its bytes decide, and no browser
 * shows an upload as a page. Every option is spelt out, so that what was promised here holds whatever the defaults of
 * other uploads are.
 */
export function ticketFields(options: CutOutOptions): Record<string, string> {
  const { background, size } = options;
  const texts = {
    ...options,
    background: background === null ? 'transparent' : [background.r, background.g, background.b].join(','),
    size: size ?? 'original',
    masks: true,
  };
  const metadata = Object.entries(texts).map(([name, text]) => [`x-amz-meta-dresscut-${name}`, String(text)]);
  return { 'Content-Type': 'application/octet-stream', ...Object.fromEntries(metadata) };
}
