import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Event } from '@20minutes/s3rver';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { startLocalS3 } from '../../bin/local-s3';

export interface TestS3 {
  readonly url: string;
  /** Which server it is, for the output of the tests. */
  readonly kind: string;
  readonly buckets: { readonly uploads: string; readonly cutouts: string };
  /** A client with checksums off, as the store's own, that stands for somebody else's program. */
  readonly client: S3Client;
  /** Where the embedded server keeps its objects as files; `null` for any other. */
  readonly directory: string | null;
  readonly close: () => Promise<void>;
}

/**
 * A real S3 server with two empty buckets: the embedded one on a free port, or the one at
 * `DRESSCUT_TEST_S3_ENDPOINT` (moto's, for example). Says which.
 *
 * @param onEvent the embedded server's own events; other servers send none here
 */
export async function startTestS3(onEvent: (event: S3Event) => void = () => undefined): Promise<TestS3> {
  const endpoint = process.env.DRESSCUT_TEST_S3_ENDPOINT;
  const buckets = { uploads: `uploads-${randomUUID()}`, cutouts: `cutouts-${randomUUID()}` };
  if (endpoint === undefined) {
    const directory = await mkdtemp(join(tmpdir(), 'dresscut-s3-'));
    const s3 = await startLocalS3(0, directory, Object.values(buckets), onEvent);
    const client = clientOf(s3.url);
    const close = async () => {
      client.destroy();
      await s3.close();
      await rm(directory, { recursive: true, force: true });
    };
    return say({ url: s3.url, kind: 'embedded s3rver', buckets, client, directory, close });
  }
  const client = clientOf(endpoint);
  for (const Bucket of Object.values(buckets)) await client.send(new CreateBucketCommand({ Bucket }));
  return say({ url: endpoint, kind: endpoint, buckets, client, directory: null, close: async () => client.destroy() });
}

function clientOf(endpoint: string): S3Client {
  return new S3Client({
    endpoint,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

function say(s3: TestS3): TestS3 {
  process.stdout.write(`S3 server of this test: ${s3.kind}\n`);
  return s3;
}
