import fc from 'fast-check';
import { messagesOf } from '../../lib/uploads/messages';

const record = (key: string, eventName = 'ObjectCreated:Put', object = {}) => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  eventName,
  s3: { bucket: { name: 'photos' }, object: { key, ...object } },
  responseElements: { 'x-amz-request-id': 'REQ' },
});
const sqs = (...bodies: unknown[]) => ({
  Records: bodies.map((body, index) => ({
    eventSource: 'aws:sqs',
    messageId: `m${index}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { ApproximateReceiveCount: '3', AWSTraceHeader: 'Root=1-2-3' },
  })),
});

test('a batch from SQS: one message each, with its key decoded and ids that lead back', () => {
  const event = { Records: [record('uploads/a+b%2B%C3%A9.jpg', undefined, { eTag: 'e', versionId: 'v' })] };
  expect(messagesOf(sqs(event))).toEqual([
    {
      id: 'm0',
      receives: 3,
      unrecognised: null,
      uploads: [{ bucket: 'photos', key: 'uploads/a b+é.jpg', etag: 'e', version: 'v' }],
      trace: { messageId: 'm0', xray: 'Root=1-2-3', s3RequestId: 'REQ' },
    },
  ]);
});

test('an event of S3 itself', () => {
  const [message] = messagesOf({ Records: [record('uploads/a.jpg'), record('uploads/b.jpg')] });
  expect(message).toMatchObject({ id: null, receives: 1, unrecognised: null });
  expect(message?.uploads.map(({ key }) => key)).toEqual(['uploads/a.jpg', 'uploads/b.jpg']);
});

test('the test that S3 sends at set-up, and removals, tell of no photo and are no fault', () => {
  const test = { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'photos' };
  const messages = messagesOf(sqs(test, { Records: [record('uploads/a.jpg', 'ObjectRemoved:Delete')] }));
  expect(messages.map(({ uploads, unrecognised }) => [uploads, unrecognised])).toEqual([
    [[], null],
    [[], null],
  ]);
});

test('a key that is not encoded as S3 does it is taken as it is', () => {
  expect(messagesOf({ Records: [record('uploads/100%.jpg')] })[0]?.uploads[0]?.key).toBe('uploads/100%.jpg');
});

test('whatever is sent, it is a message or a unrecognised one, never an error', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, text) => {
      expect(messagesOf(value)).toHaveLength(1);
      expect(messagesOf(sqs(value, text)).map(({ id }) => id)).toEqual(['m0', 'm1']);
    }),
  );
  expect(messagesOf(sqs('no json', { hello: 1 })).map(({ unrecognised }) => unrecognised)).toEqual([
    'this is no event of S3',
    'this is no event of S3',
  ]);
});

test('every key survives the way there and back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
      const encoded = encodeURIComponent(key).replaceAll('%20', '+');
      expect(messagesOf({ Records: [record(encoded)] })[0]?.uploads[0]?.key).toBe(key);
    }),
  );
});
