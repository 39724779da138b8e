import fc from 'fast-check';
import { decodeEventKey, encodeEventKey } from '../../lib/uploads/event-key';
import { messagesOf } from '../../lib/uploads/messages';
import {
  eventBridgeEvent,
  S3_TEST_EVENT,
  s3Event,
  s3Record,
  snsEvent,
  snsInQueue,
  sqsEvent,
  sqsRecord,
} from '../helpers/events';

const photo = { key: 'uploads/a b+é.jpg', etag: 'e', version: 'v' };
const ref = { bucket: 'photos', ...photo };
const keysOf = (event: unknown) => messagesOf(event).map(({ created }) => created.map(({ key }) => key));

test('a batch from SQS: one message each, with its key decoded and ids that lead back', () => {
  expect(messagesOf({ Records: [sqsRecord('m0', s3Event(photo), 3)] })).toEqual([
    {
      id: 'm0',
      receiptHandle: 'handle of m0',
      receives: 3,
      unrecognised: [],
      created: [ref],
      removed: [],
      trace: { messageId: 'm0', xray: 'Root=1-2-3', s3RequestId: 'REQ' },
    },
  ]);
});

describe('whatever carries it, it is the same photo', () => {
  const ways: readonly (readonly [string, unknown])[] = [
    ['S3', s3Event(photo)],
    ['EventBridge', eventBridgeEvent(photo)],
    ['SNS with an event of S3', snsInQueue(s3Event(photo))],
    ['SNS with an event of EventBridge', snsInQueue(eventBridgeEvent(photo))],
    ['two topics', snsInQueue(snsInQueue(s3Event(photo)))],
  ];
  test.each(ways)('in a queue: %s', (_, body) => {
    const [message] = messagesOf(sqsEvent(body));
    expect([message?.id, message?.unrecognised, message?.created]).toEqual(['m0', [], [ref]]);
    expect(message?.trace.s3RequestId).toBe('REQ');
  });

  test.each([
    ['S3', s3Event(photo)],
    ['EventBridge', eventBridgeEvent(photo)],
    ['SNS with an event of S3', snsEvent(s3Event(photo))],
    ['SNS with an event of EventBridge', snsEvent(eventBridgeEvent(photo))],
  ])('straight to the function: %s', (_, event) => {
    expect(messagesOf(event)).toEqual([expect.objectContaining({ id: null, unrecognised: [], created: [ref] })]);
  });

  test('a pipe of EventBridge hands the list of messages itself', () => {
    expect(messagesOf(sqsEvent(s3Event(photo), s3Event(photo)).Records).map(({ id }) => id)).toEqual(['m0', 'm1']);
  });

  test('servers other than AWS name themselves', () => {
    const record = { ...s3Record(photo), eventSource: 'minio:s3', eventName: 's3:ObjectCreated:Put' };
    expect(messagesOf({ EventName: 's3:ObjectCreated:Put', Records: [record] })[0]?.created).toEqual([ref]);
  });
});

test.each([null, undefined, ''])('versionId, eTag and responseElements that are %p are as good as left out', (none) => {
  const record = { ...s3Record({ key: 'uploads/a.jpg', etag: none as null, version: none as null }) };
  const event = { Records: [{ ...record, responseElements: none || null }] };
  const bridge = eventBridgeEvent({ key: 'uploads/a.jpg', etag: none as null, version: none as null });
  for (const each of [event, bridge, sqsEvent(event), sqsEvent(bridge)]) {
    const [message] = messagesOf(each);
    expect(message?.unrecognised).toEqual([]);
    expect(message?.created).toEqual([{ bucket: 'photos', key: 'uploads/a.jpg', etag: undefined, version: undefined }]);
  }
});

test.each([5, {}, [], 'x'])('what only the log makes use of may be %p: the photo is there all the same', (odd) => {
  const record = { ...s3Record(photo), eventTime: odd, responseElements: odd, userIdentity: odd, eventVersion: odd };
  const bridge = eventBridgeEvent(photo);
  const events = [{ Records: [record] }, { ...bridge, time: odd, detail: { ...bridge.detail, 'request-id': odd } }];
  for (const event of events) {
    expect(messagesOf(event)).toEqual([expect.objectContaining({ unrecognised: [], created: [ref] })]);
  }
});

test('attributes that are missing or odd count as a first delivery', () => {
  for (const attributes of [undefined, null, {}, { ApproximateReceiveCount: 'often', AWSTraceHeader: 5 }]) {
    const [message] = messagesOf({ Records: [{ ...sqsRecord('m0', s3Event(photo)), attributes }] });
    expect([message?.receives, message?.unrecognised, message?.created]).toEqual([1, [], [ref]]);
  }
});

test('events that tell of no object that came or went are understood, and tell of nothing', () => {
  const quiet = [
    S3_TEST_EVENT,
    snsInQueue(S3_TEST_EVENT),
    { Records: [s3Record(photo, 'ObjectRestore:Completed')] },
    eventBridgeEvent(photo, 'Object Tags Added'),
  ];
  for (const event of [...quiet, ...quiet.map((each) => sqsEvent(each))]) {
    expect(messagesOf(event).map(({ created, unrecognised }) => [created, unrecognised])).toEqual([[[], []]]);
  }
});

test('removals say when, whoever removed the object and whatever tells of it', () => {
  const { etag: _, ...gone } = photo;
  const events = [
    { Records: [s3Record(gone, 'ObjectRemoved:Delete')] },
    { Records: [s3Record(gone, 'ObjectRemoved:DeleteMarkerCreated')] },
    { Records: [s3Record(gone, 'LifecycleExpiration:Delete')] },
    snsInQueue({ Records: [s3Record(gone, 's3:ObjectRemoved:Delete')] }),
    { ...eventBridgeEvent(gone, 'Object Deleted'), time: '2026-11-26T08:15:30.123Z' },
  ];
  const at = Date.parse('2026-11-26T08:15:30.123Z');
  for (const event of events) {
    const [message] = messagesOf(sqsEvent(event));
    expect([message?.created, message?.unrecognised]).toEqual([[], []]);
    expect(message?.removed).toEqual([{ bucket: 'photos', ...gone, etag: undefined, at }]);
  }
});

test('one odd record is judged alone: its neighbours are photos, the message is not understood', () => {
  const { s3: _, ...odd } = s3Record(photo);
  const event = { Records: [s3Record({ key: 'uploads/a.jpg' }), odd, null, s3Record({ key: 'uploads/b.jpg' })] };
  for (const each of [event, sqsEvent(event), snsEvent(event), sqsEvent(snsInQueue(event))]) {
    const [message] = messagesOf(each);
    expect(message?.created.map(({ key }) => key)).toEqual(['uploads/a.jpg', 'uploads/b.jpg']);
    expect(message?.unrecognised).toEqual([
      'a record of S3 lacks its event, its bucket or its key',
      'this is no event of S3',
    ]);
  }
});

test('one odd message of a batch takes nothing from the others', () => {
  const { Records } = sqsEvent(s3Event({ key: 'uploads/a.jpg' }), 'hello', s3Event({ key: 'uploads/b.jpg' }));
  const { body: _, ...bodiless } = sqsRecord('m3', '');
  const { messageId: __, ...nameless } = sqsRecord('m4', s3Event(photo));
  const messages = messagesOf({ Records: [...Records, bodiless, nameless, null] });
  expect(messages.map(({ id, created, unrecognised }) => [id, created[0]?.key, unrecognised[0]])).toEqual([
    ['m0', 'uploads/a.jpg', undefined],
    ['m1', undefined, 'this is no JSON'],
    ['m2', 'uploads/b.jpg', undefined],
    ['m3', undefined, 'a record of SQS lacks its id or its body'],
    [null, undefined, 'a record of SQS lacks its id or its body'],
    [null, undefined, 'a record of SQS lacks its id or its body'],
  ]);
});

describe('what is not understood says why', () => {
  const deep = Array.from({ length: 9 }).reduce((inner) => snsInQueue(inner), s3Event(photo) as unknown);
  const { detail: _, ...bridge } = eventBridgeEvent(photo);
  test.each([
    ['no JSON', 'no json', 'this is no JSON'],
    ['something else', { hello: 1 }, 'this is no event of S3'],
    ['nothing', {}, 'this is no event of S3'],
    ['no records', { Records: [] }, 'this is no event of S3'],
    ['a key that is empty', s3Event({ key: '' }), 'a record of S3 lacks its event, its bucket or its key'],
    ['an event nobody knows', { Records: [s3Record(photo, 'Foo:Bar')] }, 'a record of S3 tells of an event that is'],
    ['an EventBridge event without detail', bridge, 'an EventBridge event of S3 lacks its bucket or its key'],
    ['an EventBridge event of others', { ...bridge, source: 'aws.ec2' }, 'this is no event of S3'],
    ['a topic that waits', { Type: 'SubscriptionConfirmation', SubscribeURL: 'https://sns' }, 'an SNS topic asks for'],
    ['ten thousand records', { Records: Array(10_001).fill(1) }, 'it has over 10000 records'],
    [
      'lists of lists',
      Array(200).fill({ Records: Array(100).fill({ Event: 's3:TestEvent' }) }),
      'it has over 10000 records',
    ],
    ['many odd records', { Records: Array(3000).fill(1) }, 'this is no event of S3'],
    ['nine envelopes', deep, 'there are too many envelopes around it'],
  ])('%s', (_name, body, why) => {
    const [message] = messagesOf(sqsEvent(body));
    expect([message?.created, message?.unrecognised]).toEqual([[], [expect.stringContaining(why)]]);
  });
});

test('calls that keep a function warm are no messages', () => {
  const pings = [
    { source: 'serverless-plugin-warmup' },
    { source: 'serverless-plugin-lambda-warmup' },
    { warmer: true, concurrency: 2 },
    { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} },
    { source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: '{}' },
  ];
  for (const ping of pings) expect(messagesOf(ping)).toEqual([]);
});

test('a key that is not encoded as S3 does it is taken as it is', () => {
  const record = s3Record({ key: 'x' });
  record.s3.object.key = 'uploads/100%.jpg';
  expect(keysOf({ Records: [record] })).toEqual([['uploads/100%.jpg']]);
});

test('whatever is sent, it is photos or sentences, never an error', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, text) => {
      for (const event of [value, snsEvent(value), sqsEvent(value, text)]) {
        for (const { created, removed, unrecognised } of messagesOf(event)) {
          expect(created.length + removed.length + unrecognised.length).toBeGreaterThan(0);
        }
      }
      expect(messagesOf(sqsEvent(value, text)).map(({ id }) => id)).toEqual(['m0', 'm1']);
    }),
  );
});

test('every key survives the way there and back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
      expect(decodeEventKey(encodeEventKey(key))).toBe(key);
      expect(keysOf(s3Event({ key }))).toEqual([[key]]);
      expect(keysOf(eventBridgeEvent({ key }))).toEqual([[key]]);
    }),
  );
});
