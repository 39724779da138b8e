/**
 * An object's key as S3 writes it into its events: like a query, percent-encoded UTF-8 with a space as `+`; slashes stay.
 * @param key as it is
 */
export function encodeEventKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}

/** The key that an event names. What is not encoded so is taken as it is. */
export function decodeEventKey(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
