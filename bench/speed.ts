import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { messageOf } from '../lib/errors';
import { enginesAll, engineTable } from './engines';
import { machine } from './machine';
import type { Speed } from './speed/figures';
import { firstAll } from './speed/first';
import { speedPage } from './speed/page';
import { FULL, type Plan, QUICK } from './speed/plan';
import { measure, say } from './speed/processes';
import { rivalsAll } from './speed/rivals';
import { speedText } from './speed/text';
import { memoryOf, throughputAll } from './speed/throughput';
import { growthOf, timeAll } from './speed/timings';

async function main(): Promise<void> {
  const { quick, engines, out } = new Command('bench')
    .description('Measure speed and memory, beside what cannot be avoided and beside others, in one run.')
    .option('--quick', 'small photos, few rounds and no peers: does it run at all?', false)
    .option('--engines', 'the engines alone, printed and not written', false)
    .option('--out <dir>', 'where the figures and the page go', join(__dirname, 'results'))
    .parse()
    .opts<{ quick: boolean; engines: boolean; out: string }>();
  const plan = quick ? QUICK : FULL;
  if (engines) {
    process.stdout.write(`${engineTable(await measureEngines(plan))}\n`);
    return;
  }
  const on = machine(); // first, so that its load is not our own
  const timings = await timeAll(plan);
  const result: Speed = {
    date: new Date().toISOString().slice(0, 10),
    quick,
    machine: on,
    timings,
    growth: growthOf(timings),
    first: await firstAll(plan),
    throughput: await throughputAll(plan),
    memory: await memoryOf(plan),
    engines: await measureEngines(plan),
    rivals: await rivalsAll(plan, timings),
  };
  process.stdout.write(`${speedText(result)}\n`);
  await mkdir(out, { recursive: true });
  const words = `${on.cpu} ${on.cpus} cpus`.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const file = join(out, `${result.date}-${words.join('-')}${quick ? '-quick' : ''}`);
  await writeFile(`${file}.json`, `${JSON.stringify(result, null, 1)}\n`);
  await writeFile(`${file}.html`, speedPage(result));
  process.stdout.write(`\n${file}.json and .html\n`);
}

const measureEngines = (plan: Plan) =>
  enginesAll(3 * plan.rounds, (ask) => {
    say(`network alone, ${JSON.stringify(ask)}`);
    return measure('engine', ask);
  });

main().catch((thrown: unknown) => {
  process.stderr.write(`bench: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
