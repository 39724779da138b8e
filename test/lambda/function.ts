import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Artefact } from '../../layers/artefacts';
import { MALLOC } from '../../lib/processes/start';
import { RIC } from './ric';
import { startRuntimeApi } from './runtime-api';

export interface LambdaFunction {
  readonly invoke: (event: unknown) => Promise<unknown>;
  /** From the start of the process until the runtime asks for an event, milliseconds. */
  readonly initMilliseconds: number;
  /** Whether a cgroup holds its memory down. */
  readonly capped: boolean;
  /** Highest resident memory so far in MB, as the kernel counts it. */
  readonly peakMegabytes: () => Promise<number>;
  readonly output: () => string;
  readonly close: () => Promise<void>;
}

/** Unpacks layers into `opt/` and one function into `task/` of a temporary folder, as Lambda does. */
export async function unpack(artefacts: readonly Artefact[], name: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'dresscut-lambda-'));
  for (const { kind, name: own, zip } of artefacts) {
    if (kind === 'function' && own !== name) continue;
    for (const [path, bytes] of Object.entries(unzipSync(zip))) {
      const file = join(root, kind === 'layer' ? 'opt' : 'task', path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
    }
  }
  return root;
}

/**
 * Starts an unpacked function with Lambda's own runtime client.
 * @param megabytes of memory that it may use, where the system lets us say so
 */
export async function startFunction(
  root: string,
  name: string,
  env: Readonly<Record<string, string>>,
  megabytes: number,
): Promise<LambdaFunction> {
  const api = await startRuntimeApi();
  const group = await memoryGroup(megabytes);
  const start = performance.now();
  // A shell joins the group and becomes the function: from its first byte on it is counted.
  const enter = group === null ? '' : `echo $$ > ${group}/cgroup.procs && `;
  const child = spawn('sh', ['-c', `${enter}exec "$0" "$@"`, process.execPath, RIC], {
    cwd: join(root, 'task'),
    // Nothing of this process's own: no project folder is within reach of the function.
    env: {
      PATH: '/usr/bin:/bin',
      AWS_LAMBDA_RUNTIME_API: api.address,
      _HANDLER: `${name}.handler`,
      AWS_LAMBDA_FUNCTION_NAME: `dresscut-${name}`,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(megabytes),
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/dresscut-${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: 'local',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_REGION: 'us-east-1',
      LAMBDA_TASK_ROOT: join(root, 'task'),
      NODE_PATH: join(root, 'opt', 'nodejs', 'node_modules'),
      DRESSCUT_MODELS: join(root, 'opt', 'models'),
      DRESSCUT_THREADS: '1',
      ...MALLOC,
      ...env,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = once(child, 'close');
  void ended.then(([code, signal]) => api.dead(`the function ended (${code ?? signal}):\n${output.slice(-2000)}`));
  const close = async () => {
    child.kill('SIGKILL');
    await ended;
    await api.close();
    if (group !== null) await rmdir(group).catch(() => undefined);
  };
  try {
    await api.ready;
  } catch (thrown) {
    await close();
    throw thrown;
  }
  const initMilliseconds = performance.now() - start;
  const peakMegabytes = async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  };
  const invoke = (event: unknown) => api.invoke(event);
  return { invoke, initMilliseconds, capped: group !== null, peakMegabytes, output: () => output, close };
}

/** A cgroup with so much memory and no swap; `null` where we may not make one. */
async function memoryGroup(megabytes: number): Promise<string | null> {
  const group = `/sys/fs/cgroup/dresscut-${process.pid}-${Math.floor(performance.now())}`;
  try {
    await mkdir(group);
    await writeFile(join(group, 'memory.max'), String(megabytes * 1024 * 1024));
    return group;
  } catch {
    await rmdir(group).catch(() => undefined);
    return null;
  }
}
