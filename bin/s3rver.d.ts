// The part of @20minutes/s3rver that is used here; the package brings no types.
declare module '@20minutes/s3rver' {
  import type { EventEmitter } from 'node:events';
  import type { RequestListener } from 'node:http';

  export interface S3Event {
    readonly Records: readonly {
      readonly eventName: string;
      readonly s3: { readonly bucket: { readonly name: string }; readonly object: { readonly key: string } };
    }[];
  }

  class S3rver extends EventEmitter {
    constructor(options: {
      readonly directory: string;
      readonly silent: boolean;
      readonly vhostBuckets: boolean;
      readonly allowMismatchedSignatures: boolean;
      readonly configureBuckets: readonly { readonly name: string; readonly configs?: readonly string[] }[];
    });
    configureBuckets(): Promise<unknown>;
    callback(): RequestListener;
    on(name: 'event', listener: (event: S3Event) => void): this;
  }
  export = S3rver;
}
