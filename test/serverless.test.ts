import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUDGET } from '../layers/weights';

// `npm run package`, twice, as a deployer runs it, and what CloudFormation would be given.
const root = join(__dirname, '..');
const TEMPLATE = join(root, '.serverless', 'cloudformation-template-update-stack.json');
const PATIENCE = 180_000;

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}
type Resources = Readonly<Record<string, Resource>>;

let output = '';
let hashes: Record<string, string> = {};
let again: Record<string, string> = {};
let resources: Resources = {};
beforeAll(async () => {
  output = await packaged();
  hashes = await hashesOf();
  resources = (JSON.parse(await readFile(TEMPLATE, 'utf8')) as { Resources: Resources }).Resources;
  await packaged();
  again = await hashesOf();
}, PATIENCE);

async function packaged(): Promise<string> {
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', join(root, 'layers', 'package.ts')], {
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
  const weights = new Map(
    [...output.matchAll(/^(?:layer|function) (\w+) +([\d.]+) +([\d.]+)/gm)].map(([, name, zip, unpacked]) => {
      return [name, { zip: Number(zip), unpacked: Number(unpacked) }];
    }),
  );
  const layers = weights.get('model')!.unpacked + weights.get('native')!.unpacked;
  for (const name of ['api', 'uploads', 'batch']) {
    const { zip, unpacked } = weights.get(name)!;
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
    NotificationConfiguration: { QueueConfigurations: { Queue: unknown; Filter: unknown }[] };
  };
  const [notified] = NotificationConfiguration.QueueConfigurations;
  expect(logical(notified?.Queue)).toBe('UploadsQueue');
  expect(JSON.stringify(notified?.Filter)).toContain('uploads/');
  const [[, mapping]] = ofType('AWS::Lambda::EventSourceMapping') as [[string, Resource]];
  expect(logical(mapping.Properties.EventSourceArn)).toBe('UploadsQueue');
  expect(logical(mapping.Properties.FunctionName)).toBe('UploadsLambdaFunction');
  expect(mapping.Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
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

test('only the uploads bucket may fill the queue', () => {
  const [[, policy]] = ofType('AWS::SQS::QueuePolicy') as [[string, Resource]];
  const [allowed] = statements(policy).filter(({ Effect }) => Effect === 'Allow');
  expect(allowed?.Principal).toEqual({ Service: 's3.amazonaws.com' });
  expect(JSON.stringify(allowed?.Condition)).toMatch(/aws:SourceArn.*uploads.*aws:SourceAccount/);
});

test('dead letters, errors, waiting and slowness raise an alarm; calls are throttled', () => {
  const metrics = ofType('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties.MetricName);
  expect(new Set(metrics)).toEqual(
    new Set(['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage', 'Errors', 'Duration']),
  );
  const [[, stage]] = ofType('AWS::ApiGatewayV2::Stage') as [[string, Resource]];
  expect(stage.Properties.DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: expect.anything() });
});

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
