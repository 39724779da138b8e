import { join } from 'node:path';
import { ENGINES, loadConfig } from '../lib/config';

/** What it says when it throws; fails when it does not. */
function messageOf(load: () => unknown): string {
  try {
    load();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  throw new Error('expected a throw, received a configuration');
}

describe('loadConfig', () => {
  it('finds the shipped models and a sensible number of threads in an empty environment', () => {
    const { models, threads } = loadConfig({});
    expect(models).toBe(join(__dirname, '..', 'models'));
    expect(Number.isInteger(threads)).toBe(true);
    expect(threads).toBeGreaterThanOrEqual(1);
    expect(threads).toBeLessThanOrEqual(4);
  });

  it('takes the folder of models from DRESSCUT_MODELS', () => {
    expect(loadConfig({ DRESSCUT_MODELS: '/opt/models' }).models).toBe('/opt/models');
  });

  it.each([
    ['1', 1],
    ['64', 64],
    [' 3 ', 3],
  ])('takes the threads from DRESSCUT_THREADS=%j', (text, threads) => {
    expect(loadConfig({ DRESSCUT_THREADS: text }).threads).toBe(threads);
  });

  it.each(['0', '65', '-1', '1.5', 'two', '1 2', 'NaN', 'Infinity', ' '])(
    'names the variable and what it holds where DRESSCUT_THREADS is %j',
    (text) => {
      const load = () => loadConfig({ DRESSCUT_THREADS: text });
      expect(load).toThrow(`DRESSCUT_THREADS must be a whole number from 1 to 64, received "${text}"`);
    },
  );

  it('runs ONNX Runtime unless SEGMENTER names another engine', () => {
    expect(loadConfig({}).segmenter).toBe('onnx');
    expect(loadConfig({ SEGMENTER: '' }).segmenter).toBe('onnx');
    for (const engine of ENGINES) expect(loadConfig({ SEGMENTER: engine }).segmenter).toBe(engine);
  });

  it.each(['TFJS', 'tensorflow', ' tfjs', 'toString'])('names the engines where SEGMENTER is %j', (text) => {
    const known = 'onnx, tfjs, tfjs-node, tfjs-wasm';
    expect(() => loadConfig({ SEGMENTER: text })).toThrow(`SEGMENTER must be one of ${known}, received "${text}"`);
  });

  it('listens on this machine alone, on port 3000, with no say about keys, unless it is told otherwise', () => {
    expect(loadConfig({})).toMatchObject({ host: '127.0.0.1', port: 3000, apiKeys: undefined });
    expect(loadConfig({ DRESSCUT_HOST: '0.0.0.0', PORT: '0' })).toMatchObject({ host: '0.0.0.0', port: 0 });
    expect(loadConfig({ PORT: '65535' }).port).toBe(65_535);
  });

  it.each(['-1', '65536', '80.5', 'http'])('names the variable and what it holds where PORT is %j', (text) => {
    expect(() => loadConfig({ PORT: text })).toThrow(`PORT must be a whole number from 0 to 65535, received "${text}"`);
  });

  it('takes hashes of API keys in either case, separated by commas or spaces', () => {
    const [a, b] = ['ab'.repeat(32), '01'.repeat(32)];
    expect(loadConfig({ DRESSCUT_API_KEYS: a }).apiKeys).toEqual([a]);
    expect(loadConfig({ DRESSCUT_API_KEYS: ` ${a.toUpperCase()}, ${b} ` }).apiKeys).toEqual([a, b]);
  });

  it.each(['off', 'OFF', ' off '])('lets everybody in only where DRESSCUT_API_KEYS says %j', (text) => {
    expect(loadConfig({ DRESSCUT_API_KEYS: text }).apiKeys).toBe('off');
  });

  it.each(['my-secret-key', `${'ab'.repeat(32)},my-secret-key`, 'ab'.repeat(31), 'zz'.repeat(32), 'everybody'])(
    'names DRESSCUT_API_KEYS where it holds %j, and keeps what it holds to itself',
    (text) => {
      const load = () => loadConfig({ DRESSCUT_API_KEYS: text });
      expect(load).toThrow(/^DRESSCUT_API_KEYS must be "off", or SHA-256 hashes/);
      expect(messageOf(load)).not.toContain(text);
    },
  );

  it('takes a variable that is set to nothing as one that is not set', () => {
    const nothing = { DRESSCUT_THREADS: '', DRESSCUT_MODELS: '', DRESSCUT_API_KEYS: ' ', DRESSCUT_HOST: '', PORT: '' };
    expect(loadConfig(nothing)).toEqual(loadConfig({}));
  });

  it('reads the process’s environment where none is given', () => {
    const before = process.env.DRESSCUT_THREADS;
    process.env.DRESSCUT_THREADS = '7';
    try {
      expect(loadConfig().threads).toBe(7);
    } finally {
      if (before === undefined) delete process.env.DRESSCUT_THREADS;
      else process.env.DRESSCUT_THREADS = before;
    }
  });

  it('reads what belongs to uploads', () => {
    const env = {
      DRESSCUT_UPLOADS_BUCKET: 'in',
      DRESSCUT_CUTOUTS_BUCKET: 'out',
      DRESSCUT_S3_ENDPOINT: 'http://127.0.0.1:9000',
      DRESSCUT_OPTIONS: 'format=webp&crop=true',
      DRESSCUT_MAX_RECEIVES: '3',
      DRESSCUT_CONCURRENCY: '2',
      S3_PORT: '9001',
    };
    expect(loadConfig(env)).toMatchObject({
      uploadsBucket: 'in',
      cutoutsBucket: 'out',
      s3Endpoint: 'http://127.0.0.1:9000',
      uploadDefaults: { format: 'webp', crop: 'true' },
      maxReceives: 3,
      concurrency: 2,
      s3Port: 9001,
    });
    const keyed = { ...env, AWS_ACCESS_KEY_ID: 'me' };
    expect(loadConfig(env).s3Region).toBeUndefined();
    expect(loadConfig(keyed).s3Region).toBe('us-east-1');
    expect(loadConfig({ ...keyed, AWS_REGION: 'eu-west-3' }).s3Region).toBe('eu-west-3');
    const { uploadsBucket, cutoutsBucket, uploadDefaults } = loadConfig({});
    expect([uploadsBucket, cutoutsBucket, uploadDefaults]).toEqual([undefined, undefined, {}]);
  });

  it('refuses one bucket for both: every result would be an upload', () => {
    const env = { DRESSCUT_UPLOADS_BUCKET: 'one', DRESSCUT_CUTOUTS_BUCKET: 'one' };
    expect(messageOf(() => loadConfig(env))).toContain('name the same bucket');
  });
});
