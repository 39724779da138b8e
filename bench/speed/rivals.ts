import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../lib/errors';
import type { Rival, Timing } from './figures';
import type { Plan } from './plan';
import { measure, say } from './processes';

const PEERS = join(__dirname, '..', 'peers');

const ARTICLE = {
  name: "the article's pipeline",
  measured: 'whole cut-out of 1.5 MP, PNG, one thread',
  can: 'GrabCut at 224 x 224 in five iterations, its UNet (7.76 M parameters), a hard mask',
  cannot: 'soft edges; its weights are random here, so this is its time and says nothing of its masks',
};
const WEB = {
  name: 'onnxruntime-web, WebAssembly',
  measured: 'the network alone, one thread',
  can: 'the same network with the same answer, also in browsers',
  cannot: 'native instructions for int8',
};
const IMGLY = {
  name: '@imgly/background-removal-node (AGPL-3.0)',
  measured: 'whole cut-out of 1.5 MP, PNG',
  can: 'cut any foreground out, the person with the dress',
  cannot: "tell a dress from the person; its threads are its own, and it runs here with this project's sharp",
};

/** The article's pipeline, and others where they are installed, beside ours. */
export async function rivalsAll(plan: Plan, timings: readonly Timing[]): Promise<Rival[]> {
  const height = plan.peers ? 1536 : 864;
  const ask = { height, rounds: Math.min(5, plan.rounds), threads: 1, peers: PEERS };
  const megapixels = plan.peers ? '1.5 MP' : '0.5 MP';
  const ours = timings.find(
    (timing) =>
      timing.threads === 1 && timing.format === 'png' && timing.megapixels.toFixed(0) === (plan.peers ? '2' : '0'),
  )?.whole;
  const rival = async <T>(
    task: string,
    about: Omit<Rival, 'theirs' | 'ours' | 'peakRss'>,
    read: (answer: T & { peakRss: number }) => Pick<Rival, 'theirs' | 'ours'>,
    needs?: string,
  ): Promise<Rival> => {
    const labelled = { ...about, measured: about.measured.replace('1.5 MP', megapixels) };
    const absent = { ...labelled, theirs: null, ours: null, peakRss: null };
    if (needs !== undefined && !plan.peers) return { ...absent, reason: 'left out by --quick' };
    if (needs !== undefined && !existsSync(join(PEERS, 'node_modules', needs))) {
      return { ...absent, reason: 'not installed; bench/README.md says how' };
    }
    say(about.name);
    try {
      const answer = await measure<T & { peakRss: number }>(task, ask);
      return { ...labelled, ...read(answer), peakRss: answer.peakRss };
    } catch (thrown) {
      return { ...absent, reason: messageOf(thrown) };
    }
  };
  const whole = (answer: { whole: number }) => ({ theirs: answer.whole, ours: ours ?? null });
  return [
    await rival<{ whole: number }>('article', ARTICLE, whole),
    await rival<{ network: number; native: number }>(
      'onnx-web',
      WEB,
      (answer) => ({ theirs: answer.network, ours: answer.native }),
      'onnxruntime-web',
    ),
    await rival<{ whole: number }>('imgly', IMGLY, whole, '@imgly'),
  ];
}
