import type { SQSEvent } from 'aws-lambda';
import { createUploads } from '../lib/app';
import type { Config } from '../lib/config';
import { createConsume } from '../lib/uploads/consume';
import type { UploadObserver } from '../lib/uploads/observer';
import { answerAsWorker } from '../lib/worker/answer-as-worker';
import { MAX_RECEIVES } from './local-queue';
import type { ConsumedFrame } from './remote-uploads';

// The process that `remote-uploads.ts` starts.

let said: string[] = [];
const observer: UploadObserver = {
  processed({ upload, outcome, verdict, problem, milliseconds }) {
    const became = [outcome, verdict, problem].filter((word) => word !== null).join(' ');
    said.push(`${upload.key}: ${became}, ${Math.round(milliseconds)} ms`);
  },
  failed: ({ upload, error, receives }) => said.push(`${upload.key}: try ${receives}: ${error.message}`),
  returned: ({ messages }) => said.push(`${messages} messages returned`),
  unrecognised: ({ why }) => said.push(`a message that is not understood: ${why}`),
  forgotten: ({ upload }) => said.push(`${upload.key}: deleted, its dress is out of the catalogue`),
  retryUnset: ({ error }) => said.push(error.message),
};

const config = JSON.parse(process.argv[2] ?? '') as Config;
const consume = createConsume({ ...createUploads(config), observer, maxReceives: MAX_RECEIVES });

answerAsWorker(async ({ json }) => {
  said = [];
  const response = await consume(json as SQSEvent, () => Number.POSITIVE_INFINITY);
  return { json: { response, said } satisfies ConsumedFrame, data: new Uint8Array(0) };
});
