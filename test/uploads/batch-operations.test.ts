import { DresscutError } from '../../lib/errors';
import { answerBatch } from '../../lib/uploads/batch-operations';
import type { S3ObjectRef } from '../../lib/uploads/object-ref';
import type { Outcome, ProcessUpload } from '../../lib/uploads/process-upload';

const seen: S3ObjectRef[] = [];
const receipt = (problem: object | null, verdict = 'ok') =>
  ({ problem, findings: { verdict } }) as unknown as Outcome['receipt'];
const OUTCOMES: Record<string, Outcome> = {
  'uploads/a b.jpg': { kind: 'done', receipt: receipt(null) },
  'uploads/none.jpg': { kind: 'done', receipt: receipt({ code: 'no-dress', detail: 'none' }, 'no_dress') },
  'uploads/text.jpg': { kind: 'failed', receipt: receipt({ code: 'unsupported-format', detail: 'a text' }) },
  'other/a.jpg': { kind: 'refused', receipt: null },
};
const processUpload: ProcessUpload = async (upload) => {
  seen.push(upload);
  const outcome = OUTCOMES[upload.key];
  if (outcome === undefined) throw new DresscutError('internal', 'the store is away');
  return outcome;
};
const job = { id: 'job' };
beforeEach(() => seen.splice(0));

test('schema 1.0: each task answered by what became of its photo', async () => {
  const s3BucketArn = 'arn:aws:s3:::photos';
  const keys = ['uploads/a+b.jpg', 'uploads/none.jpg', 'uploads/text.jpg', 'other/a.jpg', 'uploads/away.jpg'];
  const tasks = keys.map((s3Key, index) => ({
    taskId: `t${index}`,
    s3Key,
    s3VersionId: index === 0 ? 'v' : null,
    s3BucketArn,
  }));
  const answer = await answerBatch({ invocationSchemaVersion: '1.0', invocationId: 'i', job, tasks }, processUpload);
  expect(answer).toEqual({
    invocationSchemaVersion: '1.0',
    treatMissingKeysAs: 'TemporaryFailure',
    invocationId: 'i',
    results: [
      { taskId: 't0', resultCode: 'Succeeded', resultString: 'done ok' },
      { taskId: 't1', resultCode: 'Succeeded', resultString: 'done no_dress' },
      { taskId: 't2', resultCode: 'PermanentFailure', resultString: 'unsupported-format: a text' },
      { taskId: 't3', resultCode: 'PermanentFailure', resultString: 'not below uploads/ in the uploads bucket' },
      { taskId: 't4', resultCode: 'TemporaryFailure', resultString: 'internal: the store is away' },
    ],
  });
  expect(seen[0]).toEqual({ bucket: 'photos', key: 'uploads/a b.jpg', version: 'v' });
});

test('schema 2.0 names the bucket itself', async () => {
  const tasks = [{ taskId: 't', s3Key: 'uploads/none.jpg', s3VersionId: '', s3Bucket: 'photos' }];
  const answer = await answerBatch(
    { invocationSchemaVersion: '2.0', invocationId: 'i', job: { ...job, userArguments: {} }, tasks },
    processUpload,
  );
  expect(answer).toMatchObject({ invocationSchemaVersion: '2.0', results: [{ resultCode: 'Succeeded' }] });
  expect(seen[0]).toEqual({ bucket: 'photos', key: 'uploads/none.jpg', version: undefined });
});

test('a call that keeps the function warm is no job', async () => {
  expect(await answerBatch({ source: 'serverless-plugin-warmup' }, processUpload)).toBeNull();
});

test('anything else is refused', async () => {
  await expect(answerBatch({ Records: [] }, processUpload)).rejects.toThrow('no call by S3 Batch Operations');
});
