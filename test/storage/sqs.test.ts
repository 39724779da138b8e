import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { sqsRetryAfter } from '../../lib/storage/sqs';

const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
const clientOf = (endpoint: string) => new SQSClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });

describe('what is sent', () => {
  const seen: { target: string | undefined; body: unknown }[] = [];
  let server: Server;
  let url: string;
  let status = 200;
  beforeAll(async () => {
    server = createServer(async (call, answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of call) chunks.push(chunk as Buffer);
      const target = call.headers['x-amz-target']?.toString();
      seen.push({ target, body: JSON.parse(Buffer.concat(chunks).toString()) });
      answer.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test('the delivery and its seconds', async () => {
    await sqsRetryAfter(`${url}/123456789012/uploads`, clientOf(url))('handle', 30);
    expect(seen).toEqual([
      {
        target: 'AmazonSQS.ChangeMessageVisibility',
        body: { QueueUrl: `${url}/123456789012/uploads`, ReceiptHandle: 'handle', VisibilityTimeout: 30 },
      },
    ]);
  });

  test('a queue that refuses is an error', async () => {
    status = 400;
    await expect(sqsRetryAfter(`${url}/123456789012/uploads`, clientOf(url))('handle', 30)).rejects.toThrow();
  });
});

// Moto's queue hides messages as SQS does; the embedded server of the other tests has none.
const endpoint = process.env.DRESSCUT_TEST_S3_ENDPOINT;
const withQueue = endpoint === undefined ? test.skip : test;
withQueue('a message that was told to come at once is there again, one that was not is hidden', async () => {
  const client = clientOf(endpoint ?? '');
  const { QueueUrl = '' } = await client.send(
    new CreateQueueCommand({ QueueName: `uploads-${Date.now()}`, Attributes: { VisibilityTimeout: '360' } }),
  );
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  const receive = async () => (await client.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.[0];
  const first = await receive();
  expect([first?.Body, await receive()]).toEqual(['hello', undefined]);
  await sqsRetryAfter(QueueUrl, client)(first?.ReceiptHandle ?? '', 0);
  expect((await receive())?.Body).toBe('hello');
  client.destroy();
});
