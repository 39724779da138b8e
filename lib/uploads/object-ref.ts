/** One object of a bucket, as an event or a job names it. */
export interface S3ObjectRef {
  readonly bucket: string;
  /** As it is, not encoded. */
  readonly key: string;
  readonly etag?: string | undefined;
  readonly version?: string | undefined;
}

/** An object that is gone, and since when: milliseconds since 1970. */
export interface RemovedObject extends S3ObjectRef {
  readonly at: number;
}
