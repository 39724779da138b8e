import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { RIC, RIC_FOLDER, RIC_VERSION } from './ric';

/** Lambda's own runtime client, beside the project's packages: it is compiled when it is installed. */
async function main(): Promise<void> {
  if (existsSync(RIC)) return;
  await mkdir(RIC_FOLDER, { recursive: true });
  const args = [
    'install',
    '--prefix',
    RIC_FOLDER,
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--ignore-scripts=false',
  ];
  const { status } = spawnSync('npm', [...args, `aws-lambda-ric@${RIC_VERSION}`], {
    stdio: 'inherit',
    timeout: 600_000,
  });
  if (status === 0 && existsSync(RIC)) return;
  throw new Error(
    'aws-lambda-ric could not be installed; it needs a compiler: apt-get install g++ make cmake autoconf automake libtool',
  );
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
});
