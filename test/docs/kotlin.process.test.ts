import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { createService } from '../../lib/app';
import { configUnderTest } from '../helpers/config-under-test';
import { type Loopback, listen } from '../helpers/loopback';
import { blocksOf, ROOT, readDocument } from '../helpers/markdown';

// The Kotlin quick start, compiled and run against a live service. Debian's packages kotlin and libandroid-json-java.
const JSON_CLASSES = '/usr/share/java/com.android.json.jar';
const MISSING = spawnSync('kotlinc', ['-version']).status !== 0 || !existsSync(JSON_CLASSES);
const PATIENCE = 600_000;

const PROGRAM = `import java.io.File

fun main(args: Array<String>) {
    val (service, photo, dress, none) = args
    File(dress).writeBytes(cutDress(File(photo).readBytes(), service, "any"))
    try {
        cutDress(File(none).readBytes(), service, "any")
    } catch (problem: Problem) {
        println("\${problem.code} \${problem.retryable} \${problem.message}")
    }
}
`;

let folder: string;
let local: Loopback;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dresscut-kotlin-'));
  local = await listen(createService(configUnderTest(), { keys: 'off', maxAnswerBytes: null }));
});
afterAll(async () => {
  await local?.close();
  await rm(folder, { recursive: true, force: true });
});

test(
  'the Kotlin quick start cuts a photo, and says why one is refused',
  async () => {
    if (MISSING) {
      process.stderr.write('SKIPPED: the Kotlin quick start needs kotlinc and org.json, which are not here\n');
      return;
    }
    const run = (command: string, args: readonly string[]) =>
      promisify(execFile)(command, args, { cwd: folder, timeout: PATIENCE / 2 });
    const quick = blocksOf(readDocument('docs/http-api.md')).find(({ language }) => language === 'kotlin');
    await writeFile(join(folder, 'quick.kt'), quick?.text ?? '');
    await writeFile(join(folder, 'main.kt'), PROGRAM);
    await run('kotlinc', ['quick.kt', 'main.kt', '-classpath', JSON_CLASSES, '-d', 'classes']);
    const photo = join(ROOT, 'samples', 'street.jpg');
    const none = join(ROOT, 'test', 'fixtures', 'no-dress.jpg');
    const classes = ['classes', JSON_CLASSES].join(delimiter);
    const { stdout } = await run('kotlin', ['-classpath', classes, 'MainKt', local.url, photo, 'dress.png', none]);
    expect(stdout).toMatch(/^no-dress false The photo shows no dress/);
    const { format, hasAlpha, height = 0 } = await sharp(join(folder, 'dress.png')).metadata();
    expect([format, hasAlpha]).toEqual(['png', true]);
    expect(height).toBeLessThan(1080);
  },
  PATIENCE,
);
