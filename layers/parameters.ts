import { z } from 'zod';
import { asDresscutError } from '../lib/errors';
import { checkUploadDefaults } from '../lib/uploads/upload-options';

/** Serverless gives numbers from the file and text from the command line, and hands both on as they are. */
const text = z.union([z.string(), z.number()]).transform(String);

/** What a parameter may be, and how an error says so. */
interface Rule {
  readonly allowed: string;
  readonly holds: (text: string) => boolean;
  /** The value is not repeated in the error: it may be a secret by mistake. */
  readonly secret?: true;
}

const whole = (least: number, most: number, what: string): Rule => ({
  allowed: `a whole number of ${what} from ${least} to ${most}`,
  holds: (value) => /^(0|[1-9]\d{0,8})$/.test(value) && Number(value) >= least && Number(value) <= most,
});
const oneOf = (...words: readonly string[]): Rule => ({
  allowed: `one of ${words.join(', ')}`,
  holds: (value) => words.includes(value),
});

/** The days that CloudWatch Logs can keep something. */
const LOG_DAYS =
  '1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653';

/** Of hashes with `read:` before them: the environment of a function has 4 kB for all its variables. */
const MAX_KEYS = 40;

const RULES: Readonly<Record<string, Rule>> = {
  architecture: oneOf('x86_64', 'arm64'),
  models: { allowed: 'the folder of model.json', holds: (value) => value !== '' },
  memory: whole(1024, 10_240, 'MB'),
  threads: whole(1, 6, 'threads'),
  apiKeys: {
    allowed:
      `off, or up to ${MAX_KEYS} SHA-256 hashes of API keys as 64 hex digits each, separated by commas, with read: ` +
      'before those that may not change catalogues: printf %s "$KEY" | sha256sum | cut -d\' \' -f1. ' +
      'A key itself must not stand in the template',
    holds: (value) => value === 'off' || areHashes(value.split(/[\s,]+/)),
    secret: true,
  },
  authorizer: oneOf('none', 'jwt'),
  jwtIssuer: { allowed: 'an address that starts with https://', holds: (value) => isUrl(value, 'https:') },
  jwtAudience: { allowed: 'the audience that tokens name', holds: (value) => value !== '' },
  rate: whole(1, 10_000, 'calls a second'),
  burst: whole(1, 10_000, 'calls'),
  apiConcurrency: whole(0, 1000, 'calls at once'),
  batchConcurrency: whole(0, 1000, 'tasks at once'),
  uploadsConcurrency: whole(2, 1000, 'uploads at once'),
  keepCorrections: oneOf('on', 'off'),
  origin: {
    allowed: '*, or an origin such as https://shop.example, without a path, with one * at most',
    holds: (value) => value === '*' || isOrigin(value),
  },
  keepDays: whole(0, 36_500, 'days, 0 for ever,'),
  keepApiDays: whole(1, 36_500, 'days'),
  logDays: { allowed: `one of ${LOG_DAYS}`, holds: (value) => LOG_DAYS.split(', ').includes(value) },
  alarmTopic: {
    allowed: 'none, or the ARN of an SNS topic',
    holds: (value) => value === 'none' || /^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]{1,256}$/.test(value),
  },
  slowMs: whole(1, 29_000, 'milliseconds'),
  waitSeconds: whole(1, 345_600, 'seconds'),
};

/** A bucket's name is at most this long; CloudFormation's answer to a longer one comes minutes later. */
const MAX_BUCKET_NAME = 63;

export interface Deployment {
  readonly service: string;
  readonly stage: string;
  readonly region: string;
  /** As `custom.parameters` of serverless.yml resolves them. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Names of the parameters that somebody set, on the command line or for the stage. */
  readonly given: readonly string[];
}

/**
 * What is wrong with how a deployment is configured, one sentence each that says what is allowed; none when all is
 * well. Asked before anything is built, let alone sent.
 */
export function parameterErrors({ service, stage, region, parameters, given }: Deployment): string[] {
  const unknown = given
    .filter((name) => !Object.hasOwn(RULES, name) && name !== 'options')
    .map((name) => `There is no parameter ${name}; there are ${[...Object.keys(RULES), 'options'].join(', ')}.`);
  const broken = Object.entries(RULES).flatMap(([name, rule]) => {
    const value = text.safeParse(parameters[name]);
    return value.success && rule.holds(value.data) ? [] : [sentence(name, rule, parameters[name])];
  });
  return [
    ...stageErrors(service, stage, region),
    ...unknown,
    ...broken,
    ...jwtErrors(parameters),
    ...topicErrors(region, parameters),
    ...optionErrors(parameters.options),
  ];
}

function sentence(name: string, { allowed, secret }: Rule, value: unknown): string {
  return `The parameter ${name} must be ${allowed}${secret ? '' : `; received "${value}"`}.`;
}

/** The stage's name goes into the names of buckets, which are the strictest of all. */
function stageErrors(service: string, stage: string, region: string): string[] {
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d+$/.test(region))
    return [`The region must be one such as eu-central-1, not "${region}".`];
  const room = MAX_BUCKET_NAME - `${service}--uploads-123456789012-${region}`.length;
  if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(stage) && stage.length <= room) return [];
  return [
    `The stage must be a name of lower-case letters, digits and hyphens, at most ${room} characters in ${region}, ` +
      `because buckets are named after it; received "${stage}".`,
  ];
}

function jwtErrors({ authorizer, jwtIssuer }: Deployment['parameters']): string[] {
  if (authorizer !== 'jwt' || !/issuer\.invalid\/?$/.test(String(jwtIssuer))) return [];
  return [
    'With authorizer jwt, the parameter jwtIssuer must name who issues the tokens, such as https://login.example/.',
  ];
}

/** An alarm can tell topics of its own region alone. */
function topicErrors(region: string, { alarmTopic }: Deployment['parameters']): string[] {
  const [, , service, place] = String(alarmTopic).split(':');
  if (service !== 'sns' || place === region) return [];
  return [`The parameter alarmTopic must be a topic in ${region}, where the alarms are; received "${alarmTopic}".`];
}

function optionErrors(options: unknown): string[] {
  const query = text.safeParse(options ?? '').data ?? String(options);
  try {
    checkUploadDefaults(Object.fromEntries(new URLSearchParams(query)));
    return [];
  } catch (thrown) {
    return [`The parameter options must be a query such as format=webp&crop=true. ${asDresscutError(thrown).message}`];
  }
}

function areHashes(words: readonly string[]): boolean {
  return words.length <= MAX_KEYS && words.every((word) => /^(read:)?[0-9a-f]{64}$/i.test(word));
}

/** As a browser names it in `Origin`, and S3 in its rules for other origins. */
function isOrigin(text: string): boolean {
  if (!/^https?:\/\/[\w.*:-]+$/.test(text) || text.split('*').length > 2) return false;
  return isUrl(text.replace('*', 'x'), text.startsWith('https') ? 'https:' : 'http:');
}

function isUrl(value: string, protocol: string): boolean {
  return URL.canParse(value) && new URL(value).protocol === protocol;
}
