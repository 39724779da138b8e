import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../helpers/markdown';

// What a shell is given, in the shell itself.
const PATIENCE = 120_000;
const SHELLS = ['bash', 'zsh', 'fish'] as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dresscut-completion-'));
  const command = ['--require', require.resolve('tsx/cjs'), join(ROOT, 'bin', 'dresscut.ts'), 'completion'];
  for (const shell of SHELLS) {
    const { stdout } = await promisify(execFile)(process.execPath, [...command, shell]);
    await writeFile(join(folder, shell), stdout);
  }
}, PATIENCE);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What bash offers when Tab is pressed behind the last of these words. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const script = `source ./bash
    eval "$(complete -p dresscut | sed -n 's/.*-F \\([^ ]*\\).*/tab=\\1/p')"
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); $tab; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)('bash', ['-uc', script, 'bash', ...words], { cwd: folder });
  return stdout.split('\n').filter(Boolean);
}

test.each([
  [
    ['dresscut', ''],
    ['cut', 'serve', 'index', 'similar', 'evaluate', 'completion'],
  ],
  [['dresscut', 'si'], ['similar']],
  [['dresscut', '--for'], ['--format']],
  [['dresscut', 'a.jpg', '--keep'], ['--keep-corrections']],
  [
    ['dresscut', '--format', ''],
    ['png', 'webp', 'jpeg'],
  ],
  [['dresscut', 'cut', '--output', 'm'], ['mask']],
  [
    ['dresscut', 'similar', '--length', 'm'],
    ['mini', 'midi', 'maxi'],
  ],
  [
    ['dresscut', 'serve', '--'],
    ['--host', '--port', '--help'],
  ],
  [['dresscut', 'completion', ''], [...SHELLS]],
  [['dresscut', '--out', ''], []],
  [['dresscut', 'photo'], []],
])('bash completes %j to %j', async (words, wanted) => {
  expect(await offered(...words)).toEqual(wanted);
});

test.each(['zsh', 'fish'])('%s reads its own without a complaint', (shell) => {
  if (spawnSync(shell, ['--version']).status !== 0) {
    process.stderr.write(`SKIPPED: no ${shell} here\n`);
    return;
  }
  const { status, stderr } = spawnSync(shell, ['-c', `source ./${shell}`], { cwd: folder, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});

test('a shell that is not known is refused with those that are', async () => {
  const command = ['--require', require.resolve('tsx/cjs'), join(ROOT, 'bin', 'dresscut.ts'), 'completion', 'tcsh'];
  await expect(promisify(execFile)(process.execPath, command)).rejects.toThrow(/Allowed choices are bash, zsh, fish/);
});
