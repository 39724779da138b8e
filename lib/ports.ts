import type { Photo, Probabilities } from './raster';

/** What is known of the model that answers; comes from `models/model.json`. */
export interface ModelInfo {
  readonly name: string;
  readonly version: string;
  /** Lower-case hex of the network file. */
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
}
