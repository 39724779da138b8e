import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { createApp } from '../lib/app';
import { messageOf } from '../lib/errors';
import type { Find } from '../lib/find';
import type { Mask, Photo } from '../lib/raster';
import type { Stroke } from '../lib/strokes';
import { type LabelledFolder, labelledPhotos, truthOf } from './labelled-photos';
import { nextClick } from './next-click';
import { boundaryOverlap, halves, iou, mean, overlap } from './scores';
import { mirrored, spoilt } from './spoilt';
import { figure, table } from './table';

/** A brush's tip, as a share of the photo's height: a fingertip on a phone that shows all of it. */
const TIP = 5 / 448;
const CLICKS = 5;
const SHOWN = [0, 1, 2, 3, 4, 5];
/** A click that takes more than this from the IoU has harmed. */
const HARM = 0.01;
const GOAL = 0.95;
/** A spoilt photo that is cut worse than this is left out: it was not the dress that was cut. */
const LOST = 0.5;

interface Step {
  readonly iou: number;
  readonly boundaryIou: number;
}

interface Options {
  photos: string;
  labels: string;
  split: string;
  spoilt: boolean;
}

interface Example {
  readonly bytes: Uint8Array;
  /** Of the dress that the labels show, in a photo of this size. */
  readonly truthIn: (photo: Photo) => Promise<Uint8Array>;
}

async function main(): Promise<void> {
  const options = new Command('clicks')
    .description('Correct each dress of a labelled folder by clicks, and say how good the cut is after each.')
    .requiredOption('--photos <dir>', 'the photos')
    .requiredOption('--labels <dir>', 'labels: 8-bit PNGs of the same names, one class id a pixel; 14 is dress')
    .requiredOption('--split <file>', 'JSON with the names of the photos of dresses in the list "dress"')
    .option(
      '--spoilt',
      'photos that the network has learned from: mirrored, in other light, blurred, compressed',
      false,
    )
    .parse()
    .opts<Options>();
  const { dress } = JSON.parse(await readFile(options.split, 'utf8')) as { dress: string[] };
  const folder: LabelledFolder = {
    photos: options.photos,
    labels: options.labels,
    classes: { dress: [14], skin: [] },
    split: { dress, no_dress: [] },
  };
  const { find } = createApp();
  const runs: { id: string; steps: Step[] }[] = [];
  for await (const { id, bytes } of labelledPhotos(folder)) {
    const truthIn = async (photo: Photo) => {
      const { dress: truth } = await truthOf(folder, id, photo);
      return options.spoilt ? mirrored(truth, photo.width) : truth;
    };
    const file = options.spoilt ? await spoilt(bytes, runs.length) : bytes;
    runs.push({ id, steps: await correctByClicks(find, { bytes: file, truthIn }) });
  }
  const shown = options.spoilt ? runs.filter(({ steps }) => steps[0]!.iou >= LOST) : runs;
  process.stdout.write(`${report(shown)}\n`);
}

/** What the cut is worth without a click, and after each of five. Where nothing is left to correct, it stays. */
async function correctByClicks(find: Find, { bytes, truthIn }: Example): Promise<Step[]> {
  const strokes: Stroke[] = [];
  const steps: Step[] = [];
  for (let clicks = 0; clicks <= CLICKS; clicks++) {
    const { photo, matte } = await find(bytes, { mode: 'default', expect: 'dress', strokes });
    const { width, height } = photo;
    const guess: Mask = { width, height, data: matte ? halves(matte.alpha) : new Uint8Array(width * height) };
    const truth: Mask = { width, height, data: await truthIn(photo) };
    steps.push({
      iou: iou(overlap(guess.data, truth.data)),
      boundaryIou: iou(boundaryOverlap(guess.data, truth.data, width, height)),
    });
    const click = await nextClick(guess, truth, TIP * height);
    if (click !== null) strokes.push(click);
  }
  return steps;
}

function report(runs: readonly { id: string; steps: readonly Step[] }[]): string {
  const after = (clicks: number) => runs.map(({ steps }) => steps[clicks]!);
  const share = (clicks: number) => after(clicks).filter((step) => step.iou >= GOAL).length;
  const rows = SHOWN.map((clicks) => [
    clicks,
    figure(mean(after(clicks).map((step) => step.iou))),
    figure(mean(after(clicks).map((step) => step.boundaryIou))),
    `${share(clicks)} of ${runs.length}`,
  ]);
  const needed = runs.map(({ steps }) => steps.findIndex((step) => step.iou >= GOAL));
  const noc = mean(needed.map((clicks) => (clicks < 0 ? CLICKS : clicks)));
  const harmed = runs.flatMap(({ id, steps }) =>
    steps.flatMap((step, k) => {
      const change = k === 0 ? 0 : step.iou - steps[k - 1]!.iou;
      return change < -HARM ? [`${id} click ${k}: ${change.toFixed(3)}`] : [];
    }),
  );
  const never = needed.filter((clicks) => clicks < 0).length;
  return [
    table([['clicks', 'mean IoU', 'mean boundary IoU', `IoU of ${GOAL} or better`], ...rows]),
    `clicks needed for ${GOAL} (NoC, ${CLICKS} where never): ${noc.toFixed(2)}; never: ${never} of ${runs.length}`,
    `clicks that cost more than ${HARM}: ${harmed.length} of ${CLICKS * runs.length} ${harmed.join(', ')}`,
  ].join('\n');
}

main().catch((thrown: unknown) => {
  process.stderr.write(`clicks: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
