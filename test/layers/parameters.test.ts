import { type Deployment, parameterErrors } from '../../layers/parameters';

/** As serverless.yml has them. */
const DEFAULTS = {
  architecture: 'x86_64',
  models: 'models',
  memory: 1769,
  threads: 1,
  apiKeys: '0'.repeat(64),
  authorizer: 'none',
  jwtIssuer: 'https://issuer.invalid/',
  jwtAudience: 'dresscut',
  rate: 20,
  burst: 40,
  apiConcurrency: 0,
  batchConcurrency: 0,
  uploadsConcurrency: 5,
  options: '',
  keepCorrections: 'off',
  origin: '*',
  keepDays: 0,
  keepApiDays: 2,
  logDays: 30,
  alarmTopic: 'none',
  slowMs: 3000,
  waitSeconds: 900,
};
const errorsOf = (parameters: Record<string, unknown>, rest: Partial<Deployment> = {}) =>
  parameterErrors({
    service: 'dresscut',
    stage: 'dev',
    region: 'us-east-1',
    given: [],
    parameters: { ...DEFAULTS, ...parameters },
    ...rest,
  });

test('the defaults are allowed', () => {
  expect(errorsOf({})).toEqual([]);
});

test.each([
  ['memory', '3008'],
  ['apiKeys', 'off'],
  ['apiKeys', `${'a1'.repeat(32)}, ${'B2'.repeat(32)}`],
  ['apiKeys', `${'a1'.repeat(32)},read:${'b2'.repeat(32)}`],
  ['options', 'format=jpeg'],
  ['options', 'format=webp&crop=true&masks=true'],
  ['origin', 'https://shop.example:8443'],
  ['origin', 'https://*.shop.example'],
  ['alarmTopic', 'arn:aws:sns:us-east-1:123456789012:alarms'],
  ['alarmTopic', 'arn:aws-cn:sns:us-east-1:123456789012:alarms'],
  ['keepDays', '365'],
])('%s=%s is allowed', (name, value) => {
  expect(errorsOf({ [name]: value })).toEqual([]);
});

test.each([
  ['architecture', 'arm', 'one of x86_64, arm64'],
  ['memory', '512', 'from 1024 to 10240'],
  ['memory', '1769MB', 'from 1024 to 10240'],
  ['memory', 1769.5, 'from 1024 to 10240'],
  ['memory', ' 2048', 'from 1024 to 10240'],
  ['memory', '02048', 'from 1024 to 10240'],
  ['threads', '0', 'from 1 to 6'],
  ['authorizer', 'cognito', 'one of none, jwt'],
  ['jwtIssuer', 'login.example', 'https://'],
  ['jwtAudience', '', 'audience'],
  ['rate', '-1', 'from 1'],
  ['burst', 'many', 'from 1'],
  ['apiConcurrency', '1.5', 'from 0'],
  ['batchConcurrency', '', 'from 0'],
  ['uploadsConcurrency', '1', 'from 2 to 1000'],
  ['origin', 'shop.example', 'an origin such as https://shop.example'],
  ['origin', 'https://shop.example/', 'without a path'],
  ['origin', 'https://me:secret@shop.example', 'without a path'],
  ['origin', 'https://shop.example:99999', 'without a path'],
  ['origin', 'https://*.*.example', 'one * at most'],
  ['keepDays', '-3', 'from 0'],
  ['keepApiDays', '0', 'from 1'],
  ['logDays', '31', 'one of 1, 3, 5'],
  ['alarmTopic', 'alarms', 'ARN of an SNS topic'],
  ['alarmTopic', 'arn:aws:sns:eu-west-1:123456789012:alarms', 'a topic in us-east-1'],
  ['slowMs', '60000', 'from 1 to 29000'],
  ['waitSeconds', 'soon', 'seconds from 1'],
  ['options', 'formt=webp', 'Unknown option "formt"'],
  ['options', 'catalogue=shop&id=1', 'id is for each upload to say'],
  ['options', 'strokes=strokes/1.json', 'strokes is for each upload to say'],
  ['options', 'crop=perhaps', 'Expected crop to be true or false'],
  ['options', 'format=jpeg&background=transparent', 'JPEG has no transparency'],
])('%s=%s is refused with what is allowed', (name, value, allowed) => {
  const errors = errorsOf({ [name]: value });
  expect(errors).toEqual([expect.stringContaining(`The parameter ${name} must be `)]);
  expect(errors[0]).toContain(allowed);
});

test.each([
  'my-secret-key',
  Array(41).fill('a1'.repeat(32)).join(),
  'a1'.repeat(31),
  `${'a1'.repeat(32)},my-secret-key`,
  '',
])('apiKeys that are no hashes are refused, and not repeated: %s', (apiKeys) => {
  const [error, ...rest] = errorsOf({ apiKeys });
  expect(error).toMatch(/apiKeys must be off, or up to 40 SHA-256 hashes .*sha256sum/);
  expect(error).not.toContain('my-secret-key');
  expect(rest).toEqual([]);
});

test.each(['Prod', 'pull_request', '-dev', 'dev-', '', 'a'.repeat(24), 'dév'])('the stage "%s" is refused', (stage) => {
  expect(errorsOf({}, { stage })).toEqual([
    expect.stringContaining('lower-case letters, digits and hyphens, at most 23 characters in us-east-1'),
  ]);
});

test('a stage has as much room as the longest bucket name leaves in its region', () => {
  const stage = 'a'.repeat(18);
  expect(`dresscut-${stage}-uploads-123456789012-ap-southeast-2`).toHaveLength(63);
  expect(errorsOf({}, { stage, region: 'ap-southeast-2' })).toEqual([]);
  expect(errorsOf({}, { stage: `${stage}a`, region: 'ap-southeast-2' })).toHaveLength(1);
  expect(errorsOf({}, { region: 'eusc-de-east-1' })).toEqual([]);
  expect(errorsOf({}, { region: 'Frankfurt' })).toEqual([expect.stringContaining('such as eu-central-1')]);
});

test('a name that is misspelt is named', () => {
  expect(errorsOf({}, { given: ['memory', 'memroy'] })).toEqual([
    expect.stringMatching(/no parameter memroy; .*memory/),
  ]);
});

test('a token issuer must be named where tokens are asked for', () => {
  for (const jwtIssuer of [DEFAULTS.jwtIssuer, 'https://issuer.invalid'])
    expect(errorsOf({ authorizer: 'jwt', jwtIssuer })).toEqual([
      expect.stringContaining('jwtIssuer must name who issues'),
    ]);
  expect(errorsOf({ authorizer: 'jwt', jwtIssuer: 'https://login.example/' })).toEqual([]);
});
