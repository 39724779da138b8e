import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { messageOf } from '../lib/errors';

/** All that packaging asks of AWS: whether the stack is there already. It is not. */
const NO_STACK = `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>
<Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>`;

const MINUTES = 10;

/**
 * `npm run package`: `serverless package` with neither an account nor a network. It would ask CloudFormation which
 * layers the stack has; here a server on loopback says that there is no stack, and no credentials are read.
 */
async function main(): Promise<number> {
  const root = join(__dirname, '..');
  const stub = createServer((request, response) => {
    request.resume();
    response.writeHead(400, { 'content-type': 'text/xml' }).end(NO_STACK);
  });
  await once(stub.listen(0, '127.0.0.1'), 'listening');
  try {
    const serverless = join(root, 'node_modules', 'serverless', 'bin', 'serverless.js');
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', serverless, 'package', ...process.argv.slice(2)], {
      cwd: root,
      stdio: 'inherit',
      timeout: MINUTES * 60_000,
      env: offline((stub.address() as AddressInfo).port),
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return code ?? 1;
  } finally {
    stub.closeAllConnections();
    stub.close();
  }
}

function offline(port: number): NodeJS.ProcessEnv {
  // biome-ignore lint/style/noProcessEnv: what a child inherits, not configuration that we read.
  const { AWS_PROFILE: _profile, AWS_SESSION_TOKEN: _token, ...env } = process.env;
  return {
    ...env,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (thrown: unknown) => {
    process.stderr.write(`${messageOf(thrown)}\n`);
    process.exitCode = 1;
  },
);
