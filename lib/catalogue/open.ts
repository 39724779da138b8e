import type { Catalogue } from './catalogue';
import { embeddedCatalogue } from './embedded';
import { s3VectorsCatalogue } from './s3-vectors';

/** What stands before the name of a vector bucket. */
export const S3_VECTORS = 's3vectors:';

/**
 * Catalogues by where they are; nothing is opened before the first use.
 *
 * @param where a file (`shop.db`), or an Amazon S3 vector bucket (`s3vectors:my-bucket`)
 */
export function openCatalogue(where: string): Catalogue {
  return where.startsWith(S3_VECTORS) ? s3VectorsCatalogue(where.slice(S3_VECTORS.length)) : embeddedCatalogue(where);
}
