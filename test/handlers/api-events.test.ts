import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

// What can invoke the API's function besides an HTTP API, in the shapes that AWS documents.
interface Answer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}
let photo: Buffer;
let handler: (event: unknown) => Promise<Answer>;
beforeAll(async () => {
  process.env.DRESSCUT_API_KEYS = 'off';
  ({ handler } = (await import('../../handlers/api')) as unknown as { handler: typeof handler });
  // On a busy machine the network is not loaded within the time of one call.
  for (let tries = 0; tries < 8 && (await handler(null)).statusCode !== 200; tries++);
  photo = await sharp(readFileSync(join(__dirname, '..', 'fixtures', 'dress.jpg')))
    .resize(256)
    .jpeg()
    .toBuffer();
}, 240_000);

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | null;
}

const lists = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));

/** A REST API, payload 1.0. */
function restEvent({ method, path, query = {}, headers = {}, body = null }: Sent) {
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: lists(headers),
    queryStringParameters: Object.keys(query).length > 0 ? query : null,
    multiValueQueryStringParameters: Object.keys(query).length > 0 ? lists(query) : null,
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      resourceId: '123456',
      apiId: '1234567890',
      resourcePath: '/{proxy+}',
      httpMethod: method,
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      accountId: '123456789012',
      stage: 'prod',
      path: `/prod${path}`,
      protocol: 'HTTP/1.1',
      domainName: '1234567890.execute-api.us-east-1.amazonaws.com',
      identity: { sourceIp: '192.0.2.1', userAgent: 'curl/8.5.0' },
    },
    body,
    isBase64Encoded: body !== null,
  };
}

/** A load balancer whose target group sends one value for each header. */
function balancerEvent({ method, path, query = {}, headers = {}, body = '' }: Sent) {
  const elb = {
    targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/cut/0123456789abcdef',
  };
  return {
    requestContext: { elb },
    httpMethod: method,
    path,
    queryStringParameters: query,
    headers: { host: 'cut.example.com', 'x-forwarded-proto': 'https', ...headers },
    body,
    isBase64Encoded: body !== '',
  };
}

/** A load balancer whose target group sends lists. */
function listingBalancerEvent(sent: Sent) {
  const { queryStringParameters, headers, ...event } = balancerEvent(sent);
  return {
    ...event,
    multiValueQueryStringParameters: lists(queryStringParameters),
    multiValueHeaders: lists(headers),
  };
}

/** A function URL. */
function urlEvent({ method, path, query = {}, headers = {}, body }: Sent) {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { host: 'abcdefg.lambda-url.us-east-1.on.aws', ...headers },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abcdefg',
      domainName: 'abcdefg.lambda-url.us-east-1.on.aws',
      domainPrefix: 'abcdefg',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'curl/8.5.0' },
      requestId: 'e1506fd5-9e7b-434f-bd42-4f8fa224b599',
      routeKey: '$default',
      stage: '$default',
      time: '12/Mar/2026:19:03:58 +0000',
      timeEpoch: 1773342238000,
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded: body !== undefined,
  };
}

const header = ({ headers, multiValueHeaders }: Answer, name: string) =>
  headers?.[name] ?? multiValueHeaders?.[name]?.[0];

describe.each([
  ['a REST API', restEvent],
  ['a load balancer', balancerEvent],
  ['a load balancer that sends lists', listingBalancerEvent],
  ['a function URL', urlEvent],
])('by way of %s', (_, eventOf) => {
  test('a photo is cut', async () => {
    const body = photo.toString('base64');
    const headers = { 'content-type': 'image/jpeg', accept: 'image/webp' };
    const answer = await handler(
      eventOf({ method: 'POST', path: '/v1/cutouts', query: { expect: 'dress' }, headers, body }),
    );
    expect([answer.statusCode, header(answer, 'content-type'), answer.isBase64Encoded]).toEqual([
      200,
      'image/webp',
      true,
    ]);
    expect((await sharp(Buffer.from(answer.body ?? '', 'base64')).metadata()).width).toBe(256);
  });

  test('what is wrong is told, and nothing is needed to be asked how it is', async () => {
    const health = await handler(eventOf({ method: 'GET', path: '/v1/health' }));
    expect([health.statusCode, header(health, 'content-type')]).toEqual([200, 'application/json']);
    expect(header(health, 'strict-transport-security')).toMatch(/^max-age=\d{8}/);
    const headers = { 'content-type': 'image/jpeg' };
    const body = photo.toString('base64');
    const refused = await handler(
      eventOf({ method: 'POST', path: '/v1/cutouts', query: { colour: 'red' }, headers, body }),
    );
    expect(refused.statusCode).toBe(400);
    expect(JSON.parse(refused.body ?? '')).toMatchObject({ code: 'invalid-option' });
  });
});

test.each([
  ['a schedule', { version: '0', 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} }],
  ['the warm-up plugin', { source: 'serverless-plugin-warmup' }],
  ['an empty test event', {}],
  ['nothing', null],
])('%s warms the function and is told that it is ready', async (_, event) => {
  const { statusCode, body = '' } = await handler(event);
  expect(statusCode).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ status: 'ready' });
});

test.each(['x', 5, true])('a requestContext that is %p makes no call of an event', async (requestContext) => {
  expect((await handler({ requestContext, body: '' })).statusCode).toBe(200);
});

test.each(['%%%%', 'A', 'AA=', 'AAAA%'])(
  'a body that is said to be base64 and is not is no photo: %s',
  async (body) => {
    const headers = { 'content-type': 'image/jpeg' };
    for (const eventOf of [restEvent, balancerEvent, urlEvent]) {
      const answer = await handler(eventOf({ method: 'POST', path: '/v1/cutouts', headers, body }));
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect(answer.statusCode).toBeLessThan(500);
      expect(header(answer, 'content-type')).toBe('application/problem+json');
    }
  },
);
