import { z } from 'zod';
import { asDresscutError, DresscutError } from '../errors';
import { decodeEventKey } from './event-key';
import type { S3ObjectRef } from './object-ref';
import type { Outcome, ProcessUpload } from './process-upload';
import { isWarmUp } from './warm-up';

const task = z.object({
  taskId: z.string(),
  s3Key: z.string(),
  s3VersionId: z.string().nullish(),
  /** Schema 1.0. */
  s3BucketArn: z.string().optional(),
  /** Schema 2.0. */
  s3Bucket: z.string().optional(),
});
const call = z.object({
  invocationSchemaVersion: z.enum(['1.0', '2.0']),
  invocationId: z.string(),
  tasks: z.array(task).min(1),
});

export interface BatchAnswer {
  readonly invocationSchemaVersion: string;
  readonly treatMissingKeysAs: 'TemporaryFailure';
  readonly invocationId: string;
  readonly results: readonly {
    readonly taskId: string;
    readonly resultCode: 'Succeeded' | 'PermanentFailure' | 'TemporaryFailure';
    /** Stands in the job's report. */
    readonly resultString: string;
  }[];
}

/** The report takes 1,024 characters; what follows them helps nobody. */
const MAX_RESULT = 1024;

/**
 * A call by S3 Batch Operations, schema 1.0 or 2.0: photos that are in the uploads bucket already.
 *
 * @returns `null` for a call that only keeps the function warm
 * @throws DresscutError `malformed-body` for any other event; the job then counts its tasks as failed
 */
export async function answerBatch(event: unknown, processUpload: ProcessUpload): Promise<BatchAnswer | null> {
  if (isWarmUp(event)) return null;
  const parsed = call.safeParse(event);
  if (!parsed.success) {
    throw new DresscutError('malformed-body', 'This is no call by S3 Batch Operations, schema 1.0 or 2.0.');
  }
  const { invocationSchemaVersion, invocationId, tasks } = parsed.data;
  const results: BatchAnswer['results'][number][] = [];
  for (const { taskId, ...rest } of tasks) results.push({ taskId, ...(await resultOf(uploadOf(rest), processUpload)) });
  return { invocationSchemaVersion, treatMissingKeysAs: 'TemporaryFailure', invocationId, results };
}

function uploadOf({ s3Key, s3VersionId, s3BucketArn, s3Bucket }: Omit<z.infer<typeof task>, 'taskId'>): S3ObjectRef {
  const bucket = s3Bucket ?? s3BucketArn?.split(':').at(-1) ?? '';
  return { bucket, key: decodeEventKey(s3Key), version: s3VersionId || undefined };
}

type Result = Pick<BatchAnswer['results'][number], 'resultCode' | 'resultString'>;

async function resultOf(upload: S3ObjectRef, processUpload: ProcessUpload): Promise<Result> {
  try {
    return reported(await processUpload(upload));
  } catch (thrown) {
    const { code, message } = asDresscutError(thrown);
    return { resultCode: 'TemporaryFailure', resultString: `${code}: ${message}`.slice(0, MAX_RESULT) };
  }
}

function reported({ kind, receipt }: Outcome): Result {
  if (kind === 'refused') {
    return { resultCode: 'PermanentFailure', resultString: 'not below uploads/ in the uploads bucket' };
  }
  const problem = receipt?.problem ?? null;
  if (problem !== null && problem.code !== 'no-dress') {
    return { resultCode: 'PermanentFailure', resultString: `${problem.code}: ${problem.detail}`.slice(0, MAX_RESULT) };
  }
  const verdict = receipt?.findings?.verdict;
  return { resultCode: 'Succeeded', resultString: verdict === undefined ? kind : `${kind} ${verdict}` };
}
