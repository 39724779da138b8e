import type { Libheif } from 'libheif-js/libheif-wasm/libheif-bundle.js';
import { checkSize, MAX_PIXELS } from './limits';
import { differsFromSrgb, isHdr, type Nclx, toSrgb } from './nclx';
import { damaged } from './refusals';
import type { RawPixels } from './tiff';

// Numbers of libheif's C interface (heif_image.h), which promises to keep them.
const RGB = 1;
const INTERLEAVED_RGB = 10;
const INTERLEAVED_RGBA = 11;
/** 16-bit numbers, little-endian, as large as the picture's own. */
const INTERLEAVED_RRGGBB = 14;
const CHANNEL_INTERLEAVED = 10;

let libheif: typeof import('libheif-js/libheif-wasm/libheif-bundle.js').default | undefined;

/**
 * HEIC (HEVC in HEIF) to its pixels: upright, because libheif applies `irot` and `imir` (the Exif
 * orientation repeats them and must not be applied again), and with the colour profile that came with it.
 *
 * Each photo gets a WASM instance of its own, 15 to 60 ms against the 0.9 to 1.6 s of a 12-megapixel photo:
 * whatever a hostile file does to it, its memory goes with it and the next photo starts afresh. The WASM heap ends
 * at 2 GB. The decoding itself is synchronous and holds up the process for that long.
 *
 * @param colours what its `nclx` box says; a profile beside it comes first, unless the picture is HDR
 * @throws DresscutError `too-many-pixels`, `too-small` (both from the header alone), `undecodable-image`
 */
export async function decodeHeic(bytes: Uint8Array, colours: Nclx | null): Promise<RawPixels> {
  // Assigned only when it loaded: a failed load is forgotten and tried again.
  libheif ??= (await import('libheif-js/libheif-wasm/libheif-bundle.js')).default;
  const quiet = () => {};
  const heif = libheif({ print: quiet, printErr: quiet });
  try {
    return decodePrimary(heif, bytes, colours);
  } catch (thrown) {
    // An abort inside WASM, of memory for instance: only this instance is lost.
    throw damaged('heic', thrown);
  }
}

function decodePrimary(heif: Libheif, bytes: Uint8Array, colours: Nclx | null): RawPixels {
  const cells = new Cells(heif);
  const context = heif._heif_context_alloc();
  const file = heif._malloc(bytes.length);
  heif.HEAPU8.set(bytes, file);
  cells.check((error) => heif._heif_context_read_from_memory_without_copy(error, context, file, bytes.length, 0));
  cells.check((error) => heif._heif_context_get_primary_image_handle(error, context, cells.out));
  const handle = cells.value();

  // Both sizes, since a clean aperture may show a small part of a large picture.
  checkSize(heif._heif_image_handle_get_ispe_width(handle), heif._heif_image_handle_get_ispe_height(handle));
  checkSize(heif._heif_image_handle_get_width(handle), heif._heif_image_handle_get_height(handle));
  // libheif holds the coded pictures inside (tiles, liars about their size) to the same limit.
  heif._heif_context_set_maximum_image_size_limit(context, Math.ceil(Math.sqrt(MAX_PIXELS)));

  const icc = profile(heif, cells, handle);
  const numbers = colours && differsFromSrgb(colours) && (!icc || isHdr(colours)) ? colours : null;
  const alpha = heif._heif_image_handle_has_alpha_channel(handle) !== 0;
  const deep = numbers !== null && !alpha && heif._heif_image_handle_get_luma_bits_per_pixel(handle) > 8;
  const chroma = deep ? INTERLEAVED_RRGGBB : alpha ? INTERLEAVED_RGBA : INTERLEAVED_RGB;
  cells.check((error) => heif._heif_decode_image(error, handle, cells.out, RGB, chroma, 0));
  const image = cells.value();

  const width = heif._heif_image_get_width(image, CHANNEL_INTERLEAVED);
  const height = heif._heif_image_get_height(image, CHANNEL_INTERLEAVED);
  const plane = heif._heif_image_get_plane_readonly(image, CHANNEL_INTERLEAVED, cells.out);
  const stride = cells.value();
  const data = heif.HEAPU8.subarray(plane, plane + stride * height);
  const channels = alpha ? 4 : 3;
  if (!numbers) return { width, height, channels, stride, data, icc };
  const max = deep ? 2 ** heif._heif_image_get_bits_per_pixel_range(image, CHANNEL_INTERLEAVED) - 1 : 255;
  for (let y = 0; y < height; y++)
    convertRow(data.subarray(y * stride, (y + 1) * stride), width, channels, max, numbers);
  return { width, height, channels, stride, data, icc: null };
}

/** One row to 8-bit sRGB where it stands; alpha stays. */
function convertRow(row: Uint8Array, width: number, channels: 3 | 4, max: number, colours: Nclx): void {
  if (channels === 4) {
    for (let x = 0; x < width; x++) row.set(toSrgb(row.subarray(4 * x, 4 * x + 3), max, colours), 4 * x);
    return;
  }
  const samples = max > 255 ? new Uint16Array(row.buffer, row.byteOffset, 3 * width) : row.subarray(0, 3 * width);
  row.set(toSrgb(samples, max, colours));
}

/** The ICC profile of the picture, or `null`. */
function profile(heif: Libheif, cells: Cells, handle: number): Uint8Array | null {
  const size = heif._heif_image_handle_get_raw_color_profile_size(handle);
  if (size === 0) return null;
  const at = heif._malloc(size);
  cells.check((error) => heif._heif_image_handle_get_raw_color_profile(error, handle, at));
  return heif.HEAPU8.slice(at, at + size);
}

/** Where C functions leave their results: a struct heif_error of 12 bytes, and one 32-bit out-parameter. */
class Cells {
  readonly error: number;
  readonly out: number;

  constructor(private readonly heif: Libheif) {
    this.error = heif._malloc(16);
    this.out = this.error + 12;
  }

  /** Runs a call that fills in the error struct. @throws DresscutError `undecodable-image` if it says so */
  check(call: (error: number) => void): void {
    call(this.error);
    if (this.read(this.error) !== 0) throw damaged('heic', new Error(this.text(this.read(this.error + 8))));
  }

  value(): number {
    return this.read(this.out);
  }

  /** The heap moves when it grows, so it is looked up each time. */
  read(at: number): number {
    const { buffer } = this.heif.HEAPU8;
    return new DataView(buffer).getInt32(at, true);
  }

  private text(at: number): string {
    const { HEAPU8 } = this.heif;
    return new TextDecoder().decode(HEAPU8.subarray(at, HEAPU8.indexOf(0, at))).trim();
  }
}
