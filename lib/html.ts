/** Text, or an attribute's value, that is nothing but text. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/**
 * The beginning of a page that stands by itself, up to its style: nothing is fetched, both colour schemes are known.
 *
 * @param title text, not markup
 * @param allowed what the page has in itself besides styles, as a content security policy says it: `img-src data:`
 */
export function headOf(title: string, style: string, allowed: readonly string[] = []): string {
  const policy = ["default-src 'none'", "style-src 'unsafe-inline'", ...allowed].join('; ');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(title)}</title>
<style>${style}</style>`;
}
