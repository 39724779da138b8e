import { once } from 'node:events';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { startThread } from '../../lib/processes/start';
import type { Manifest } from '../../lib/segmenters/manifest';
import { onnxSegmenter } from '../../lib/segmenters/onnx';
import { startOnnxThread } from '../../lib/segmenters/onnx-thread';
import { discPhoto } from '../helpers/scenes';

const OPTIONS = { models: join(__dirname, '..', '..', 'models'), threads: 1 };

jest.mock('../../lib/processes/start', () => {
  const real: typeof import('../../lib/processes/start') = jest.requireActual('../../lib/processes/start');
  return { ...real, startThread: jest.fn(real.startThread) };
});
/** The real ones, watched. */
const threads = (): Worker[] => jest.mocked(startThread).mock.results.map(({ value }) => value as Worker);

test('several photos at once each get the answer that they get alone', async () => {
  const here = onnxSegmenter(OPTIONS);
  const apart = onnxSegmenter(OPTIONS, startOnnxThread());
  const photos = [discPhoto(64, 96), discPhoto(96, 64), discPhoto(128, 128)];
  const told = await Promise.all(photos.map((photo) => apart.segment(photo)));
  for (const [i, photo] of photos.entries()) expect(told[i]).toEqual(await here.segment(photo));
  await apart.close?.();
  await here.close?.();
});

test('whoever waits is told that the thread ended, and whoever comes later gets another', async () => {
  const open = startOnnxThread();
  const thread = threads().at(-1)!;
  const segmenter = onnxSegmenter(OPTIONS, open);
  await segmenter.load();
  const waiting = segmenter.segment(discPhoto(256, 256));
  const ended = once(thread, 'exit');
  thread.terminate();
  await expect(waiting).rejects.toThrow(/the network's thread ended/);
  await ended;
  const count = threads().length;
  const photo = discPhoto(64, 64);
  const [again] = await Promise.all([segmenter.segment(photo), segmenter.segment(photo)]);
  expect(again).toEqual(await onnxSegmenter(OPTIONS).segment(photo));
  expect(threads()).toHaveLength(count + 1);
});

test.each([
  ['the network that is asked for', OPTIONS],
  ['another one', { ...OPTIONS, threads: 2 }],
  ['one that is not there', { ...OPTIONS, models: __dirname }],
])('whatever was opened ahead, the answer is that of the network that is asked for: %s', async (_, ahead) => {
  const photo = discPhoto(64, 64);
  const open = startOnnxThread(ahead);
  const here = await onnxSegmenter(OPTIONS).segment(photo);
  for (let times = 0; times < 2; times++) {
    const apart = onnxSegmenter(OPTIONS, open);
    expect(await apart.segment(photo)).toEqual(here);
    await apart.close?.();
  }
});

test('a network ahead that cannot be opened is named when it is asked for', async () => {
  const options = { ...OPTIONS, models: __dirname };
  const network = startOnnxThread(options)({ file: 'none.onnx', sha256: '0' } as Manifest, options);
  await expect(network).rejects.toThrow(/none\.onnx/);
});
