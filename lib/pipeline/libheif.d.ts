/** The few of libheif's C functions that `heic.ts` calls, as Emscripten exports them: pointers are numbers. */
declare module 'libheif-js/libheif-wasm/libheif-bundle.js' {
  export interface Libheif {
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _heif_context_alloc(): number;
    _heif_context_set_maximum_image_size_limit(context: number, side: number): void;
    _heif_context_read_from_memory_without_copy(
      error: number,
      context: number,
      bytes: number,
      length: number,
      options: number,
    ): void;
    _heif_context_get_primary_image_handle(error: number, context: number, handleOut: number): void;
    _heif_image_handle_get_width(handle: number): number;
    _heif_image_handle_get_height(handle: number): number;
    _heif_image_handle_get_ispe_width(handle: number): number;
    _heif_image_handle_get_ispe_height(handle: number): number;
    _heif_image_handle_has_alpha_channel(handle: number): number;
    _heif_image_handle_get_raw_color_profile_size(handle: number): number;
    _heif_image_handle_get_raw_color_profile(error: number, handle: number, out: number): void;
    _heif_image_handle_get_luma_bits_per_pixel(handle: number): number;
    _heif_image_get_bits_per_pixel_range(image: number, channel: number): number;
    _heif_decode_image(
      error: number,
      handle: number,
      imageOut: number,
      colorspace: number,
      chroma: number,
      options: number,
    ): void;
    _heif_image_get_width(image: number, channel: number): number;
    _heif_image_get_height(image: number, channel: number): number;
    _heif_image_get_plane_readonly(image: number, channel: number, strideOut: number): number;
  }
  const libheif: (options: { print(line: string): void; printErr(line: string): void }) => Libheif;
  export default libheif;
}
