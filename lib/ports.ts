import type { Photo, Probabilities } from './raster';

/** What is known of the model that answers; comes from `models/model.json`. */
export interface ModelInfo {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of what was loaded, in lower-case hex. */
  readonly sha256: string;
  /** Which engine runs it, for logs and `GET /v1/model`. */
  readonly engine: string;
}

/** Finds background, skin and dress in a photo. */
export interface Segmenter {
  /**
   * Load now what `segment` would load at first use.
   * @throws DresscutError `model-unavailable`; a later call tries again.
   */
  load(): Promise<ModelInfo>;
  /**
   * @param small the photo reduced to a size that `inputSize` gave
   * @throws DresscutError `model-unavailable`
   */
  segment(small: Photo): Promise<Probabilities>;
  /** The size at which the network wants to see a photo of `width` x `height` pixels. */
  inputSize(width: number, height: number): Promise<{ width: number; height: number }>;
  /** The size at which it wants to see the photo once more, to tell presence; `null`: one look is enough. */
  contextSize(width: number, height: number): Promise<{ width: number; height: number } | null>;
  /** Give back what was loaded; nothing is asked of it afterwards. Left out: there is nothing to give back. */
  close?(): Promise<void>;
}

/** One object in a store: where it is and, where the store keeps several, which one. */
export interface Place {
  readonly bucket: string;
  readonly key: string;
  /** `undefined`: the newest. */
  readonly version?: string | undefined;
}

/** What a store knows of an object without reading it. */
export interface Head {
  readonly bytes: number;
  /** As the store gave it, without the quotation marks. Changes whenever the bytes do. */
  readonly etag: string;
  readonly version: string | undefined;
  /** Names in lower case, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly modified: Date;
}

/** How an object is written. */
export interface WriteOptions {
  readonly contentType: string;
  readonly cacheControl?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Where uploads come from and cut-outs go to. What is not there is `null`, never an error; any other failure
 * (throttled, broken off, refused) is thrown as `internal` with the store's own error as cause, and may pass.
 */
export interface PhotoStore {
  head(place: Place): Promise<Head | null>;
  /**
   * @param etag read only if the object still has it; `null` when it has another by now
   * @throws DresscutError `too-large` as soon as more than `maxBytes` have come, without reading the rest
   */
  read(place: Place, limits: { readonly maxBytes: number; readonly etag?: string }): Promise<Uint8Array | null>;
  /** All of it or nothing. */
  write(place: Place, bytes: Uint8Array, options: WriteOptions): Promise<void>;
  /** Removing what is not there is no error. */
  remove(place: Place): Promise<void>;
  /** Object tags; `null` when the object is not there. */
  tags(place: Place): Promise<Readonly<Record<string, string>> | null>;
}

/** What lets somebody else reach into the store for a while, without credentials. */
export interface Presigner {
  /** A form that a browser or a phone posts, the file last. The store checks size and key. */
  post(
    place: Place,
    conditions: {
      readonly maxBytes: number;
      readonly seconds: number;
      /** Fields that the form must carry exactly so, such as `Content-Type` or `x-amz-meta-dresscut-crop`. */
      readonly fields: Readonly<Record<string, string>>;
    },
  ): Promise<{ readonly url: string; readonly fields: Readonly<Record<string, string>> }>;
  /** @param filename what a browser calls the file when it saves it */
  get(place: Place, options: { readonly seconds: number; readonly filename?: string }): Promise<string>;
}
