import { fromBase64Text, isMangled } from './mangled';

/** The formats that `decode` reads, by the names that `Findings.photo.format` reports. */
export const PHOTO_FORMATS = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff', 'heic'] as const;
export type PhotoFormat = (typeof PHOTO_FORMATS)[number];

/** How names of photos end, in lower case: only for choosing inside folders; what a file really is, its bytes say. */
export const PHOTO_ENDINGS: ReadonlySet<string> = new Set(
  '.jpg .jpeg .jpe .jfif .png .webp .gif .avif .heic .heif .hif .tif .tiff'.split(' '),
);

/** What a file is by its first bytes: one of ours, or the common name of something else. */
export type Sniffed = { readonly format: PhotoFormat } | { readonly format: null; readonly found: string };

const ours = (format: PhotoFormat): Sniffed => ({ format });
const other = (found: string): Sniffed => ({ format: null, found });

/** First bytes, in Latin-1; the first that fits wins. */
const SIGNATURES: readonly (readonly [string, Sniffed])[] = [
  // The next marker may be some stray bytes away.
  ['\xff\xd8', ours('jpeg')],
  ['\x89PNG\r\n\x1a\n', ours('png')],
  ['GIF87a', ours('gif')],
  ['GIF89a', ours('gif')],
  ['%PDF-', other('a PDF document')],
  ['%!PS', other('a PostScript document')],
  ['8BPS', other('a Photoshop document')],
  ['BM', other('a BMP image')],
  ['\x00\x00\x01\x00', other('an ICO image')],
  ['\xff\x0a', other('a JPEG XL image')],
  ['\x00\x00\x00\x0cJXL ', other('a JPEG XL image')],
  ['\x00\x00\x00\x0cjP  ', other('a JPEG 2000 image')],
  ['\xff\x4f\xff\x51', other('a JPEG 2000 image')],
  ['FUJIFILMCCD-RAW', other('a camera raw file')],
  ['IIRO', other('a camera raw file')],
  ['IIU\x00', other('a camera raw file')],
  ['\x1a\x45\xdf\xa3', other('a video (Matroska or WebM)')],
  ['OggS', other('an Ogg file')],
  ['ID3', other('an MP3 file')],
  ['PK\x03\x04', other('a ZIP archive')],
  ['\x1f\x8b', other('a gzip archive')],
  ['\x7fELF', other('a program')],
  ['MZ', other('a program')],
];

const RIFF: Readonly<Record<string, Sniffed>> = {
  WEBP: ours('webp'),
  'AVI ': other('a video (AVI)'),
  WAVE: other('a WAV file'),
};

const AVIF_BRANDS = new Set(['avif', 'avis']);
// mif1 and msf1 name the container only; what is inside shows when it is decoded.
const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'mif2', 'msf1']);

/** Brands beyond this many are not looked at: real files carry fewer than ten. */
const MAX_BRANDS = 32;
/** Enough of a text to recognise it. */
const TEXT_WINDOW = 512;

/**
 * The format of a file by its magic bytes; its name and its Content-Type may lie.
 * @param bytes any bytes at all, none included; never throws
 */
export function sniff(bytes: Uint8Array): Sniffed {
  if (bytes.length === 0) return other('an empty file');
  if (isMangled(bytes))
    return other('a file whose bytes were turned into text (UTF-8) on the way; send them unchanged');
  const head = latin1(bytes, 0, 16);
  for (const [magic, sniffed] of SIGNATURES) if (head.startsWith(magic)) return sniffed;
  if (head.startsWith('RIFF')) return RIFF[head.slice(8, 12)] ?? other('a RIFF file');
  if (head.slice(4, 8) === 'ftyp') return sniffBrands(bytes);
  if (/^(?:II\*\0|MM\0\*|II\+\0|MM\0\+)/.test(head)) return sniffTiff(bytes, head);
  return sniffText(bytes);
}

/** ISO base media: what it holds stands in the brands of its first box. */
function sniffBrands(bytes: Uint8Array): Sniffed {
  const boxEnd = Math.min(view(bytes).getUint32(0), bytes.length, 16 + 4 * MAX_BRANDS);
  const major = latin1(bytes, 8, 12);
  const brands = [major];
  for (let at = 16; at + 4 <= boxEnd; at += 4) brands.push(latin1(bytes, at, at + 4));
  if (major === 'mif3') return other('a HEIF of the compact kind (mif3)');
  if (brands.some((brand) => AVIF_BRANDS.has(brand))) return ours('avif');
  if (major === 'crx ') return other('a camera raw file');
  if (brands.some((brand) => HEIC_BRANDS.has(brand))) return ours('heic');
  return other('a video (MP4 or QuickTime)');
}

/** Camera raw files are TIFFs whose first page is a thumbnail: to cut that out would be a wrong answer. */
function sniffTiff(bytes: Uint8Array, head: string): Sniffed {
  if (head.slice(8, 10) === 'CR') return other('a camera raw file');
  const little = head.startsWith('II');
  const data = view(bytes);
  // BigTIFF keeps its directory elsewhere, and no camera writes it.
  if (head[2] === '+' || head[3] === '+' || bytes.length < 8) return ours('tiff');
  const directory = data.getUint32(4, little);
  if (directory + 2 > bytes.length) return ours('tiff');
  const entries = data.getUint16(directory, little);
  for (let i = 0, at = directory + 2; i < entries && at + 12 <= bytes.length; i++, at += 12) {
    const tag = data.getUint16(at, little);
    const isDng = tag === 50706;
    const isThumbnail = tag === 254 && (data.getUint32(at + 8, little) & 1) === 1;
    if (isDng || isThumbnail) return other('a camera raw file');
  }
  return ours('tiff');
}

function sniffText(bytes: Uint8Array): Sniffed {
  const text = new TextDecoder('utf-8').decode(bytes.subarray(0, TEXT_WINDOW)).trimStart();
  const start = text.toLowerCase();
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return other('an HTML page');
  if (start.startsWith('<svg') || (start.startsWith('<?xml') && start.includes('<svg'))) return other('an SVG drawing');
  if (start.startsWith('data:image/')) return other('a data URL; send the bytes that it encodes');
  const encoded = fromBase64Text(text);
  if (encoded !== null && sniff(encoded).format !== null)
    return other('an image as base64; send the bytes that it encodes');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells bytes from text.
  if (/^[^\u0000-\u0008\u000e-\u001f\ufffd]*\ufffd?$/.test(start)) return other('text');
  return other('an unknown kind of file');
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
