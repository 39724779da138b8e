import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUDGET } from '../layers/sizes';
import { MALLOC } from '../lib/processes/start';
import { BATCH_SIZE } from '../lib/uploads/consume';

// `npm run package`, twice, as a deployer runs it, and what CloudFormation would be given.
const root = join(__dirname, '..');
const TEMPLATE = join(root, '.serverless', 'cloudformation-template-update-stack.json');
const PATIENCE = 400_000;

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}
type Resources = Readonly<Record<string, Resource>>;

let output = '';
let hashes: Record<string, string> = {};
let again: Record<string, string> = {};
let template = '';
let resources: Resources = {};
beforeAll(async () => {
  output = await packaged();
  hashes = await hashesOf();
  template = await readFile(TEMPLATE, 'utf8');
  resources = (JSON.parse(template) as { Resources: Resources }).Resources;
  await packaged();
  again = await hashesOf();
}, PATIENCE);

async function packaged(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', join(root, 'layers', 'package.ts'), ...args], {
    cwd: root,
    timeout: PATIENCE / 2,
    // No account, and no way to one.
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`npm run package ended with ${code}:\n${said}`);
  return said;
}

async function hashesOf(): Promise<Record<string, string>> {
  const names = (await readdir(join(root, 'dist'))).filter((name) => name.endsWith('.zip')).sort();
  const read = names.map(async (name) => {
    const bytes = await readFile(join(root, 'dist', name));
    return [name, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

const ofType = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);
const logical = (value: unknown): unknown => (value as { 'Fn::GetAtt'?: unknown[] })['Fn::GetAtt']?.[0];

/** Every statement of every policy in the template, wherever it hangs. */
function statements(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(statements);
  if (value === null || typeof value !== 'object') return [];
  const own = 'Effect' in value ? [value as Record<string, unknown>] : [];
  return [...own, ...Object.values(value).flatMap(statements)];
}

test('the same sources give the same zips', () => {
  expect(Object.keys(hashes)).toEqual(['api.zip', 'batch.zip', 'model.zip', 'native.zip', 'uploads.zip']);
  expect(again).toEqual(hashes);
});

test('the budget holds: what is unpacked, and what a function has to fetch', () => {
  const sizes = new Map(
    [...output.matchAll(/^(?:layer|function) (\w+) +([\d.]+) +([\d.]+)/gm)].map(([, name, zip, unpacked]) => {
      return [name, { zip: Number(zip), unpacked: Number(unpacked) }];
    }),
  );
  const layers = sizes.get('model')!.unpacked + sizes.get('native')!.unpacked;
  for (const name of ['api', 'uploads', 'batch']) {
    const { zip, unpacked } = sizes.get(name)!;
    expect(zip).toBeLessThanOrEqual(BUDGET.functionZipMegabytes);
    expect(layers + unpacked).toBeLessThanOrEqual(BUDGET.unpackedMegabytes);
  }
});

test('each function has a role of its own, both layers, and a log group', () => {
  const functions = ofType('AWS::Lambda::Function').map(([, { Properties }]) => Properties);
  expect(functions).toHaveLength(3);
  expect(new Set(functions.map(({ Role }) => logical(Role))).size).toBe(3);
  for (const { Layers, Runtime } of functions)
    expect([(Layers as unknown[]).length, Runtime]).toEqual([2, 'nodejs24.x']);
  expect(ofType('AWS::Logs::LogGroup').every(([, { Properties }]) => Properties.RetentionInDays !== undefined)).toBe(
    true,
  );
});

test('nothing is allowed on everything, and nobody from outside is let in', () => {
  const allowed = statements(resources).filter(({ Effect }) => Effect === 'Allow');
  expect(allowed.length).toBeGreaterThan(8);
  for (const { Action, Resource, Principal } of allowed) {
    for (const action of [Action].flat() as string[]) expect(action).not.toContain('*');
    for (const resource of [Resource ?? []].flat()) expect(resource).not.toBe('*');
    expect(Principal).not.toBe('*');
    expect((Principal as { AWS?: unknown } | undefined)?.AWS).toBeUndefined();
  }
});

test('no bucket is public, each is encrypted, refuses plain HTTP, and forgets what came through the API', () => {
  const denials = statements(resources).filter(({ Effect }) => Effect === 'Deny');
  // The third is where serverless keeps its artefacts.
  const buckets = ofType('AWS::S3::Bucket');
  expect(buckets).toHaveLength(3);
  for (const [name, { Properties }] of buckets) {
    expect(Object.values(Properties.PublicAccessBlockConfiguration ?? {})).toEqual([true, true, true, true]);
    expect(Properties.BucketEncryption).toBeDefined();
    if (!/Uploads|Cutouts/.test(name)) continue;
    expect(denials.some((denial) => JSON.stringify(denial).includes(name))).toBe(true);
    const { Rules } = Properties.LifecycleConfiguration as { Rules: { Prefix?: string }[] };
    const prefix = name === 'UploadsBucket' ? 'uploads/api/' : 'tickets/';
    expect(Rules.map((rule) => rule.Prefix)).toContain(prefix);
  }
});

test('a photo under uploads/ wakes the queue, the queue the function, and what fails five times is kept', () => {
  const { NotificationConfiguration } = resources.UploadsBucket!.Properties as {
    NotificationConfiguration: { QueueConfigurations: { Event: string; Queue: unknown; Filter: unknown }[] };
  };
  const notified = NotificationConfiguration.QueueConfigurations;
  expect(notified.map(({ Event }) => Event)).toEqual(['s3:ObjectCreated:*', 's3:ObjectRemoved:*']);
  for (const { Queue, Filter } of notified) {
    expect([logical(Queue), JSON.stringify(Filter)]).toEqual(['UploadsQueue', expect.stringContaining('uploads/')]);
  }
  const [[, mapping]] = ofType('AWS::Lambda::EventSourceMapping') as [[string, Resource]];
  expect(logical(mapping.Properties.EventSourceArn)).toBe('UploadsQueue');
  expect(logical(mapping.Properties.FunctionName)).toBe('UploadsLambdaFunction');
  expect(mapping.Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
  expect(mapping.Properties.BatchSize).toBe(BATCH_SIZE);
  const { VisibilityTimeout, RedrivePolicy } = resources.UploadsQueue!.Properties as {
    VisibilityTimeout: number;
    RedrivePolicy: { deadLetterTargetArn: unknown; maxReceiveCount: string };
  };
  const { Timeout, Environment } = resources.UploadsLambdaFunction!.Properties as {
    Timeout: number;
    Environment: { Variables: Record<string, unknown> };
  };
  expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
  expect(logical(RedrivePolicy.deadLetterTargetArn)).toBe('DeadLetters');
  // The function says in its log which delivery was the last: it has to count as the queue does.
  expect(String(Environment.Variables.DRESSCUT_MAX_RECEIVES)).toBe(String(RedrivePolicy.maxReceiveCount));
});

test('every function holds pictures as the workers of the service do', () => {
  const ours = ofType('AWS::Lambda::Function').filter(([name]) => /^(Api|Uploads|Batch)/.test(name));
  expect(ours).toHaveLength(3);
  for (const [, { Properties }] of ours) expect(Properties.Environment).toMatchObject({ Variables: MALLOC });
});

test('only the uploads bucket may fill the queue', () => {
  const [[, policy]] = ofType('AWS::SQS::QueuePolicy') as [[string, Resource]];
  const [allowed] = statements(policy).filter(({ Effect }) => Effect === 'Allow');
  expect(allowed?.Principal).toEqual({ Service: 's3.amazonaws.com' });
  expect(JSON.stringify(allowed?.Condition)).toMatch(/aws:SourceArn.*uploads.*aws:SourceAccount/);
});

test('a failed message can be told when to come again, and what the function was given itself is kept, too', () => {
  const { Variables } = resources.UploadsLambdaFunction!.Properties.Environment as {
    Variables: Record<string, unknown>;
  };
  expect(Variables.DRESSCUT_QUEUE_URL).toEqual({ Ref: 'UploadsQueue' });
  const allowed = statements(resources.UploadsRole).filter(({ Effect }) => Effect === 'Allow');
  const may = (action: string) => allowed.filter(({ Action }) => [Action].flat().includes(action));
  expect(may('sqs:ChangeMessageVisibility').map(({ Resource }) => logical(Resource))).toEqual(['UploadsQueue']);
  expect(may('sqs:SendMessage').map(({ Resource }) => logical(Resource))).toEqual(['DeadLetters']);
  const [[, invoke]] = ofType('AWS::Lambda::EventInvokeConfig') as [[string, Resource]];
  const { OnFailure } = invoke.Properties.DestinationConfig as { OnFailure: { Destination: unknown } };
  expect([invoke.Properties.FunctionName, logical(OnFailure.Destination)]).toEqual([
    { Ref: 'UploadsLambdaFunction' },
    'DeadLetters',
  ]);
});

test('uploads and jobs may put dresses into catalogues, and neither query nor delete them', () => {
  for (const role of ['UploadsRole', 'BatchRole']) {
    const actions = statements(resources[role]).flatMap(({ Action }) => [Action].flat() as string[]);
    const vectors = actions.filter((action) => action.startsWith('s3vectors:'));
    expect(vectors.map((action) => action.split(':')[1]).sort()).toEqual([
      'CreateIndex',
      'GetVectors',
      'ListIndexes',
      'PutVectors',
    ]);
  }
});

test('whatever goes wrong raises an alarm, and all of them stand on the dashboard', () => {
  const alarms = ofType('AWS::CloudWatch::Alarm');
  const metrics = alarms.map(([, { Properties }]) => `${Properties.Namespace} ${Properties.MetricName}`);
  expect(new Set(metrics)).toEqual(
    new Set([
      'AWS/SQS ApproximateNumberOfMessagesVisible',
      'AWS/SQS ApproximateAgeOfOldestMessage',
      'AWS/Lambda Errors',
      'AWS/Lambda Duration',
      'AWS/Lambda Throttles',
      'AWS/ApiGateway 5xx',
      'dresscut throttled',
      'dresscut unrecognised',
    ]),
  );
  const [[, { Properties: dashboard }]] = ofType('AWS::CloudWatch::Dashboard') as [[string, Resource]];
  const body = (dashboard.DashboardBody as { 'Fn::Sub': string })['Fn::Sub'];
  const { widgets } = JSON.parse(body) as { widgets: unknown[] };
  expect(widgets.length).toBeGreaterThan(5);
  for (const [name] of alarms) expect(body).toContain(`\${${name}.Arn}`);
  const named = [...body.matchAll(/\$\{(\w+)[.}]/g)].map(([, name]) => name ?? '');
  expect(named.filter((name) => resources[name] === undefined)).toEqual([]);
});

test('calls are throttled and logged, without keys, queries or addresses', () => {
  const [[, { Properties: stage }]] = ofType('AWS::ApiGatewayV2::Stage') as [[string, Resource]];
  expect(stage.DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: expect.anything() });
  const { DestinationArn, Format } = stage.AccessLogSettings as { DestinationArn: unknown; Format: string };
  expect(resources[String(logical(DestinationArn))]?.Type).toBe('AWS::Logs::LogGroup');
  const line = JSON.parse(Format.replaceAll(/\$context\.[\w.]+/g, '1')) as Record<string, unknown>;
  expect(Object.keys(line)).toEqual(expect.arrayContaining(['requestId', 'path', 'status', 'milliseconds']));
  expect(Format).not.toMatch(/header|authorizer|identity|querystring/i);
  const filter = ofType('AWS::Logs::MetricFilter')[0]?.[1].Properties;
  expect(filter?.FilterPattern).toBe('{ $.status = 429 }');
});

test('an account with a quota of ten can deploy it: nothing is reserved unless somebody says so', () => {
  const { Conditions } = JSON.parse(template) as { Conditions: Record<string, { 'Fn::Not': unknown }> };
  for (const name of ['ReserveApi', 'ReserveBatch']) {
    const [equal] = (Conditions[name]?.['Fn::Not'] ?? []) as { 'Fn::Equals': unknown[] }[];
    expect(equal?.['Fn::Equals'].map(String)).toEqual(['0', '0']);
  }
});

test(
  'a parameter that cannot be is refused before anything is built, in words',
  async () => {
    const flags = ['--stage', 'Prod', '--param', 'memory=abc', '--param', 'apiKeys=my-key', '--param', 'memroy=1'];
    const refused = packaged(...flags);
    await expect(refused).rejects.toThrow(/The stage must be a name of lower-case letters/);
    const said = await refused.catch((error: Error) => error.message);
    expect(said).toContain('The parameter memory must be a whole number of MB from 1024 to 10240; received "abc".');
    expect(said).toContain('The parameter apiKeys must be off, or up to 40 SHA-256 hashes');
    expect(said).toContain('There is no parameter memroy');
    expect(said).not.toMatch(/my-key|function api/);
  },
  PATIENCE,
);

// cfn-lint is Python's; where it is not, the tests above still read the template.
const withLinter = spawnSync('cfn-lint', ['--version']).status === 0 ? test : test.skip;
withLinter(
  'cfn-lint finds no error',
  () => {
    const { stdout, status } = spawnSync('cfn-lint', ['--non-zero-exit-code', 'error', TEMPLATE], {
      encoding: 'utf8',
      timeout: PATIENCE,
    });
    expect([stdout.match(/^E.*/gm) ?? [], status]).toEqual([[], 0]);
  },
  PATIENCE,
);
