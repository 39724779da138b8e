import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createService } from '../lib/app';
import { loadConfig } from '../lib/config';

const ROOT = join(__dirname, '..');

test('ONNX Runtime reports nothing to anybody, and leaves nothing in the home folder', async () => {
  const home = await mkdtemp(join(tmpdir(), 'dresscut-home-'));
  try {
    const photo = join(ROOT, 'test', 'fixtures', 'dress.jpg');
    const command = ['--require', 'tsx/cjs', 'bin/dresscut.ts', photo, '--out', home];
    const env = { ...process.env, HOME: home, ORT_DISABLE_TELEMETRY: undefined, XDG_CACHE_HOME: undefined };
    await promisify(execFile)(process.execPath, command, { cwd: ROOT, env, timeout: 170_000 });
    expect((await readdir(home, { recursive: true })).sort()).toEqual(['.dresscut.jsonl', 'dress.png']);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}, 180_000);

describe('the engine that SEGMENTER names', () => {
  it.each([
    ['onnx', /^onnxruntime-node \d/],
    ['tfjs', /^@tensorflow\/tfjs-(node|backend-wasm) \d/],
    ['tfjs-wasm', /^@tensorflow\/tfjs-backend-wasm \d.* with SIMD$/],
  ])('%s is what GET /v1/model says', async (SEGMENTER, engine) => {
    const service = createService(loadConfig({ SEGMENTER }), { keys: 'off', maxAnswerBytes: null });
    const model = (await (await service.request('/v1/model')).json()) as { engine: string };
    expect(model.engine).toMatch(engine);
  });

  it('is told once on stderr, as JSON, and never on stdout', async () => {
    const out = await mkdtemp(join(tmpdir(), 'dresscut-engine-'));
    try {
      const photo = join(ROOT, 'test', 'fixtures', 'dress.jpg');
      const command = ['--require', 'tsx/cjs', 'bin/dresscut.ts', photo, '--json', '--out', out];
      const env = { ...process.env, SEGMENTER: 'tfjs-wasm' };
      const options = { cwd: ROOT, env, timeout: 90_000 };
      const { stdout, stderr } = await promisify(execFile)(process.execPath, command, options);
      for (const line of stdout.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('verdict');
      const told = stderr.split('\n').filter((line) => line.includes('network loaded'));
      expect(told.map((line) => JSON.parse(line))).toEqual([
        { message: 'network loaded', engine: expect.stringContaining('tfjs-backend-wasm'), sha256: expect.any(String) },
      ]);
      expect(stderr).not.toContain('Hi, looks like');
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  }, 100_000);
});
