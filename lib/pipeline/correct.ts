import type { Mask, Photo, Plane } from '../raster';
import { boundingBox } from './box';
import { geodesicDistance, type Terrain } from './geodesic';
import {
  type CutSettings,
  grabCutFromTrimap,
  MAYBE_BACKGROUND,
  MAYBE_FOREGROUND,
  SURE_BACKGROUND,
  SURE_FOREGROUND,
} from './grab-cut';
import { oklab } from './oklab';
import { DROP, KEEP, UNSAID } from './strokes';

/** How far a stroke reaches beyond its own pixels; `npm run bench:clicks` measures what comes of it. */
export const SPREAD = {
  /** Along one even colour that the network has no opinion on, as a share of the dress's longer side. */
  reach: 0.4,
  /** What an edge costs: a change of colour by 1 in OKLab, in pixels. */
  contrast: 12,
  /** What a colour costs that the stroke does not have, by its distance in OKLab to the nearest that it has. */
  colour: 20,
  /** What a pixel costs that the network is certain of, against the stroke. */
  certainty: 2,
} as const;

/** Colours that stand for all under a stroke. */
const COLOURS = 12;
/** The network is as certain as it gets at one in ten to the power of so many. */
const CERTAIN = 4;

/** What a correction starts from, everything of one size. */
export interface Draft {
  /** The working picture. */
  readonly photo: Photo;
  /** The network's probability of dress. */
  readonly dress: Plane;
  /** The cut without strokes. */
  readonly mask: Mask;
  /** What the strokes say of each pixel: `UNSAID`, `KEEP` or `DROP`. */
  readonly said: Plane<Uint8Array>;
}

/** What GrabCut needs to know, beside the limits of certainty that `refine` cuts with. */
export interface CorrectSettings extends CutSettings {
  readonly foregroundAbove: number;
  readonly backgroundBelow: number;
}

/**
 * The cut, corrected by strokes. Each stroke outvotes the network around it, the less the farther away; GrabCut
 * decides there once more, and everywhere else the first cut stands.
 *
 * @returns a new mask; under the strokes it is what they say
 */
export function correct(draft: Draft, settings: CorrectSettings): Mask {
  const next = grabCutFromTrimap(draft.photo, trimapOf(draft, settings), settings);
  return mergeCuts(draft, next);
}

/**
 * The rest of a lost sleeve is near along its own colour; the arm beside it is not. A stroke that keeps spreads over
 * what the first cut left out, one that drops over what it took.
 */
function trimapOf(draft: Draft, { foregroundAbove, backgroundBelow }: CorrectSettings): Plane<Uint8Array> {
  const { dress, mask, said } = draft;
  const reach = SPREAD.reach * longerSide(mask);
  const lab = oklab(draft.photo.rgb);
  const toKeep = distanceFrom(KEEP, draft, lab, reach);
  const toDrop = distanceFrom(DROP, draft, lab, reach);
  const data = mask.data.map((first, i) => {
    if (said.data[i] !== UNSAID) return said.data[i] === KEEP ? SURE_FOREGROUND : SURE_BACKGROUND;
    const [keep, drop] = [toKeep?.[i] ?? Number.POSITIVE_INFINITY, toDrop?.[i] ?? Number.POSITIVE_INFINITY];
    const share = 1 - Math.min(keep, drop) / reach;
    if (share <= 0) return first === 1 ? SURE_FOREGROUND : SURE_BACKGROUND;
    const keeps = keep < drop;
    const p = dress.data[i]! + share * (keeps ? 1 - dress.data[i]! : -dress.data[i]!);
    if (p > 0.5) return keeps && p > foregroundAbove ? SURE_FOREGROUND : MAYBE_FOREGROUND;
    return !keeps && p < backgroundBelow ? SURE_BACKGROUND : MAYBE_BACKGROUND;
  });
  return { ...mask, data };
}

/**
 * The first cut with what the strokes changed: only pixels that hang together with a stroke of the right kind change,
 * so that a stroke on a sleeve never moves the hem.
 */
function mergeCuts({ mask, said }: Draft, next: Mask): Mask {
  const { width, height } = mask;
  const merged = mask.data.slice();
  const seen = new Uint8Array(merged.length);
  for (const [kind, value] of [
    [KEEP, 1],
    [DROP, 0],
  ] as const) {
    const open: number[] = [];
    const visit = (i: number) => {
      if (seen[i] === 1) return;
      seen[i] = 1;
      open.push(i);
    };
    said.data.forEach((word, i) => {
      if (word === kind) visit(i);
    });
    for (let i = open.pop(); i !== undefined; i = open.pop()) {
      merged[i] = value;
      const x = i % width;
      for (const j of [x > 0 ? i - 1 : -1, x < width - 1 ? i + 1 : -1, i - width, i + width]) {
        if (said.data[j] === UNSAID && next.data[j] === value && mask.data[j] !== value) visit(j);
      }
    }
  }
  return { width, height, data: merged };
}

function distanceFrom(kind: number, draft: Draft, lab: Float32Array, reach: number): Float32Array | null {
  const { data } = draft.said;
  if (!data.includes(kind)) return null;
  const { width, height } = draft.mask;
  const terrain: Terrain = { width, height, lab, contrast: SPREAD.contrast, cost: costOf(kind, draft, lab) };
  return geodesicDistance(terrain, (i) => data[i] === kind, reach);
}

/** What each pixel costs a stroke of one kind; no way leads through what is already as the stroke wants it. */
function costOf(kind: number, { dress, mask, said }: Draft, lab: Float32Array): Float32Array {
  const colours = coloursUnder(kind, said.data, lab);
  return dress.data.map((p, i) => {
    if (mask.data[i] === (kind === KEEP ? 1 : 0) && said.data[i] !== kind) return Number.POSITIVE_INFINITY;
    let nearest = Number.POSITIVE_INFINITY;
    for (let c = 0; c < colours.length; c += 3) {
      const l = lab[3 * i]! - colours[c]!;
      const a = lab[3 * i + 1]! - colours[c + 1]!;
      const b = lab[3 * i + 2]! - colours[c + 2]!;
      // Folds and shadows change lightness: it counts half.
      nearest = Math.min(nearest, 0.5 * l * l + a * a + b * b);
    }
    const agreed = Math.max(10 ** -CERTAIN, kind === KEEP ? p : 1 - p);
    return 1 + SPREAD.colour * Math.sqrt(nearest) - (SPREAD.certainty * Math.log10(agreed)) / CERTAIN;
  });
}

/** Evenly drawn from all pixels under strokes of one kind: `3 * n` numbers, OKLab. */
function coloursUnder(kind: number, said: Uint8Array, lab: Float32Array): number[] {
  const under: number[] = [];
  said.forEach((word, i) => {
    if (word === kind) under.push(i);
  });
  const step = Math.max(1, Math.floor(under.length / COLOURS));
  return under.filter((_, k) => k % step === 0).flatMap((i) => [...lab.subarray(3 * i, 3 * i + 3)]);
}

/** The longer side of the box around the first cut; where it is empty, of the picture. */
function longerSide({ width, height, data }: Mask): number {
  const box = boundingBox({ width, height, data }, 0);
  return box === null ? Math.max(width, height) : Math.max(box.width, box.height);
}
