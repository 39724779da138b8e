// Events in the shape in which AWS publishes its samples, with every field that those have.

interface ObjectInEvent {
  readonly bucket?: string;
  /** As it is; encoded where the service does so. */
  readonly key: string;
  readonly etag?: string | null;
  readonly version?: string | null;
}

const encoded = (key: string) => encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');

/** One record of `Records` as S3 sends it. */
export function s3Record({ bucket = 'photos', key, etag, version }: ObjectInEvent, eventName = 'ObjectCreated:Put') {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'eu-central-1',
    eventTime: '2026-11-26T08:15:30.123Z',
    eventName,
    userIdentity: { principalId: 'AWS:AIDAEXAMPLE' },
    requestParameters: { sourceIPAddress: '192.0.2.1' },
    responseElements: { 'x-amz-request-id': 'REQ', 'x-amz-id-2': 'EXAMPLE123/abc' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'uploads',
      bucket: { name: bucket, ownerIdentity: { principalId: 'EXAMPLE' }, arn: `arn:aws:s3:::${bucket}` },
      object: { key: encoded(key), size: 1024, eTag: etag, versionId: version, sequencer: '0055AED6DCD90281E5' },
    },
  };
}

export function s3Event(...objects: readonly ObjectInEvent[]) {
  return { Records: objects.map((object) => s3Record(object)) };
}

/** Of the bucket at set-up. */
export const S3_TEST_EVENT = {
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2026-11-26T08:15:30.123Z',
  Bucket: 'photos',
  RequestId: 'REQ',
  HostId: 'EXAMPLE123/abc',
};

export function eventBridgeEvent(
  { bucket = 'photos', key, etag, version }: ObjectInEvent,
  type: string = 'Object Created',
) {
  return {
    version: '0',
    id: '2d4eba74-fd51-3966-4bfa-b013c9da8ff1',
    'detail-type': type,
    source: 'aws.s3',
    account: '123456789012',
    time: '2026-11-26T08:15:30Z',
    region: 'eu-central-1',
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key, size: 184662, etag, 'version-id': version, sequencer: '0062E99A88DC407460' },
      'request-id': 'REQ',
      requester: '074255357339',
      'source-ip-address': '192.0.2.1',
      reason: 'PutObject',
    },
  };
}

/** What a topic hands to a queue, or with a capital less to a function. */
function notification(message: unknown) {
  return {
    Type: 'Notification',
    MessageId: '12345678-abcd-4123-8def-111122223333',
    TopicArn: 'arn:aws:sns:eu-central-1:123456789012:photos',
    Subject: 'Amazon S3 Notification',
    Message: JSON.stringify(message),
    Timestamp: '2026-11-26T08:15:30.123Z',
    SignatureVersion: '1',
    Signature: 'EXAMPLE',
    SigningCertURL: 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem',
    UnsubscribeURL: 'https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=example',
  };
}

export function snsInQueue(message: unknown) {
  return notification(message);
}

export function snsEvent(message: unknown) {
  const { SigningCertURL: SigningCertUrl, UnsubscribeURL: UnsubscribeUrl, ...rest } = notification(message);
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: 'arn:aws:sns:eu-central-1:123456789012:photos:1111',
        Sns: { ...rest, SigningCertUrl, UnsubscribeUrl, MessageAttributes: {} },
      },
    ],
  };
}

/** A message that a queue delivers; a body that is no text is sent as JSON. */
export function sqsRecord(messageId: string, body: unknown, receives = 1) {
  return {
    messageId,
    receiptHandle: `handle of ${messageId}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '1764144930123',
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: '1764144930128',
      AWSTraceHeader: 'Root=1-2-3',
    },
    messageAttributes: {},
    md5OfBody: 'EXAMPLE',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:uploads',
    awsRegion: 'eu-central-1',
  };
}

/** A batch of messages `m0`, `m1` and so on. */
export function sqsEvent(...bodies: readonly unknown[]) {
  return { Records: bodies.map((body, index) => sqsRecord(`m${index}`, body)) };
}
