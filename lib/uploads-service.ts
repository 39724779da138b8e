import { type App, createApp } from './app';
import type { Config } from './config';
import { cropMatte, frameOf } from './pipeline/compose';
import { encodeMask } from './pipeline/encode';
import { MAX_BYTES } from './pipeline/limits';
import { s3Store } from './storage/s3';
import { createProcessUpload, type ProcessUpload } from './uploads/process-upload';
import { parseUploadOptions } from './uploads/upload-options';

/**
 * The use-case for uploads with its real parts. Call it once per process.
 * @throws Error that names the variable which is not set, or holds what no upload can be cut with
 */
export function createUploads(config: Config, app: App = createApp(config)): ProcessUpload {
  const uploads = named('DRESSCUT_UPLOADS_BUCKET', config.uploadsBucket);
  const cutouts = named('DRESSCUT_CUTOUTS_BUCKET', config.cutoutsBucket);
  return createProcessUpload({
    ...app,
    store: s3Store(config),
    drawMask: (matte, options) =>
      encodeMask(cropMatte(matte, frameOf(matte, options)), { format: 'png', size: options.size }),
    buckets: { uploads, cutouts },
    defaults: checked(config.uploadDefaults),
    maxBytes: MAX_BYTES,
  });
}

function named(variable: string, bucket: string | undefined): string {
  if (bucket === undefined) throw new Error(`${variable} must name a bucket`);
  return bucket;
}

/** A mistake of whoever set this up must not be told to everybody who uploads, as a lasting fault of theirs. */
function checked(defaults: Config['uploadDefaults']): Config['uploadDefaults'] {
  try {
    // With a background: a default of JPEG waits for the one that each upload names itself.
    parseUploadOptions({ background: 'white', ...defaults });
  } catch (cause) {
    throw new Error(`DRESSCUT_OPTIONS: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  return defaults;
}
