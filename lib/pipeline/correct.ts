import type { Box, Mask, Plane, Size } from '../raster';
import type { Stroke } from '../strokes';
import { boundingBox, growBox, wholeOf } from './box';
import { crop, paste } from './crop';
import { cropDraft, type Draft } from './draft';
import { geodesicDistance } from './geodesic';
import {
  type CutSettings,
  grabCutFromTrimap,
  MAYBE_BACKGROUND,
  MAYBE_FOREGROUND,
  SURE_BACKGROUND,
  SURE_FOREGROUND,
} from './grab-cut';
import { oklab } from './oklab';
import { DROP, KEEP, paintStrokes, UNSAID } from './strokes';

/** How far a stroke reaches beyond its own pixels; `npm run bench:clicks` measures what comes of it. */
export const SPREAD = {
  /** Along one even colour that the network has no opinion on, in radii of the tip: a fine tip means a fine thing. */
  tips: 12,
  /** At most, as a share of the longer side of the cut; where it is empty, of the picture. */
  reach: 0.4,
  /** What an edge costs: a change of colour by 1 in OKLab, in pixels. */
  contrast: 12,
  /** What a colour costs that the stroke does not have, by its distance in OKLab to the nearest that it has. */
  colour: 30,
  /** What a pixel costs that the network is certain of, against the stroke. */
  certainty: 2,
  /** Pixels around those in doubt that GrabCut sees, to learn what colours are near. */
  margin: 12,
  /** Pixels that all strokes on a photo may look at; those that are drawn later count where they are drawn. */
  looks: 2_500_000,
} as const;

/** Colours that stand for all under a stroke. */
const COLOURS = 12;
/** The network is as certain as it gets at one in ten to the power of so many. */
const CERTAIN = 4;

/** What GrabCut needs to know, beside the limits of certainty that `refine` cuts with. */
export interface CorrectSettings extends CutSettings {
  readonly foregroundAbove: number;
  readonly backgroundBelow: number;
}

/** How far a stroke reaches, in working pixels. */
export function reachOf(stroke: Stroke, { mask, region, looked }: Draft): number {
  if (looked >= SPREAD.looks) return 0;
  const { width, height } = boundingBox(mask, 0) ?? wholeOf(mask);
  const tip = 'box' in stroke ? Math.min(stroke.box.width, stroke.box.height) / 2 : stroke.radius;
  return Math.min(SPREAD.reach * Math.max(width, height), SPREAD.tips * Math.max(1, tip / region.scale));
}

/**
 * The draft, corrected by one more stroke. It outvotes the network around it, the less the farther away, except where
 * an earlier stroke of the other kind is nearer; GrabCut decides there once more. A stroke that keeps only adds, one
 * that drops only takes away, and only what hangs together with it: all else stays to the pixel.
 *
 * @param extent the box around the stroke, in pixels of the photo
 * @returns a new draft
 */
export function correct(draft: Draft, stroke: Stroke, extent: Box, settings: CorrectSettings): Draft {
  const { mask, said } = draft;
  const reach = reachOf(stroke, draft);
  const window = windowOf(extent, draft, Math.ceil(reach) + 1);
  const part = cropDraft(draft, window);
  const own = paintStrokes([stroke], part.region);
  const kind = stroke.kind === 'keep' ? KEEP : DROP;
  const spoken = { ...part.said, data: part.said.data.map((word, i) => (own.data[i] === UNSAID ? word : kind)) };
  const now: Spread = { ...part, said: spoken, own, kind, reach };
  const next = reach === 0 ? part.mask : cutAgain(now, trimapOf(now, settings), settings);
  const changed = merge(now, next);
  return {
    ...draft,
    looked: draft.looked + (reach === 0 ? 0 : window.width * window.height),
    mask: { ...mask, data: paste(mask.data.slice(), mask.width, changed.data, window) },
    said: { ...said, data: paste(said.data.slice(), said.width, spoken.data, window) },
  };
}

/** A draft around one stroke, which it has been told of. */
interface Spread extends Draft {
  /** Where the stroke lies; elsewhere `UNSAID`. */
  readonly own: Plane<Uint8Array>;
  readonly kind: number;
  /** In working pixels. */
  readonly reach: number;
}

/** What a stroke may change: no way leads out of it, as a step costs at least 1. */
function windowOf(extent: Box, { region, mask }: Draft, reach: number): Box {
  const { scale } = region;
  const left = Math.min(mask.width - 1, Math.max(0, Math.floor((extent.left - region.left) / scale)));
  const top = Math.min(mask.height - 1, Math.max(0, Math.floor((extent.top - region.top) / scale)));
  const right = Math.min(mask.width, Math.ceil((extent.left + extent.width - region.left) / scale));
  const bottom = Math.min(mask.height, Math.ceil((extent.top + extent.height - region.top) / scale));
  const box = { left, top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
  return growBox(box, mask, reach);
}

/**
 * The rest of a lost sleeve is near along its own colour; the arm beside it is not. A stroke that keeps spreads over
 * what was left out, one that drops over what was taken.
 */
function trimapOf(spread: Spread, { foregroundAbove, backgroundBelow }: CorrectSettings): Plane<Uint8Array> {
  const { dress, mask, said, own, kind, reach } = spread;
  const lab = oklab(spread.photo.rgb);
  const near = distanceFrom((i) => own.data[i] !== UNSAID, kind, spread, lab);
  const other = kind === KEEP ? DROP : KEEP;
  const against = said.data.includes(other) ? distanceFrom((i) => said.data[i] === other, other, spread, lab) : null;
  const data = mask.data.map((cut, i) => {
    if (said.data[i] !== UNSAID) return said.data[i] === KEEP ? SURE_FOREGROUND : SURE_BACKGROUND;
    const share = 1 - near[i]! / reach;
    if (share <= 0 || (against !== null && against[i]! <= near[i]!))
      return cut === 1 ? SURE_FOREGROUND : SURE_BACKGROUND;
    const p = dress.data[i]! + share * (kind === KEEP ? 1 - dress.data[i]! : -dress.data[i]!);
    if (p > 0.5) return kind === KEEP && p > foregroundAbove ? SURE_FOREGROUND : MAYBE_FOREGROUND;
    return kind === DROP && p < backgroundBelow ? SURE_BACKGROUND : MAYBE_BACKGROUND;
  });
  return { ...mask, data };
}

/** GrabCut on what is in doubt, with little around it: there its colours are those of both sides. */
function cutAgain({ photo }: Spread, trimap: Plane<Uint8Array>, settings: CutSettings): Mask {
  const { width, height } = trimap;
  const cut = trimap.data.map((word) => word & 1);
  const doubt = boundingBox(trimap, SURE_FOREGROUND);
  if (doubt === null) return { width, height, data: cut };
  const box = growBox(doubt, trimap, SPREAD.margin);
  const rgb = crop(photo.rgb, width, box, 3);
  const words = crop(trimap.data, width, box);
  const size = { width: box.width, height: box.height };
  const again = grabCutFromTrimap({ kind: 'photo', ...size, rgb }, { ...size, data: words }, settings);
  return { width, height, data: paste(cut, width, again.data, box) };
}

/** The cut so far with what the stroke changed: only pixels that hang together with it change, and only its way. */
function merge({ mask, said, own, kind }: Spread, next: Mask): Mask {
  const { width, height } = mask;
  const value = kind === KEEP ? 1 : 0;
  const merged = mask.data.slice();
  const open: number[] = [];
  own.data.forEach((word, i) => {
    if (word === UNSAID) return;
    merged[i] = value;
    open.push(i);
  });
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    const x = i % width;
    for (const j of [x > 0 ? i - 1 : -1, x < width - 1 ? i + 1 : -1, i - width, i + width]) {
      if (said.data[j] !== UNSAID || next.data[j] !== value || merged[j] === value) continue;
      merged[j] = value;
      open.push(j);
    }
  }
  return { width, height, data: merged };
}

/**
 * How far the pixels that a stroke may change are from some, as costs of colours, edges and the network's certainty.
 * @param kind what is said of the pixels that it starts from
 */
function distanceFrom(
  starts: (pixel: number) => boolean,
  kind: number,
  spread: Spread,
  lab: Float32Array,
): Float32Array {
  const { dress, mask } = spread;
  const wanted = spread.kind === KEEP ? 1 : 0;
  const colours = coloursWhere(starts, mask, lab);
  const cost = dress.data.map((p, i) => {
    if (mask.data[i] === wanted && !starts(i)) return Number.POSITIVE_INFINITY;
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
  const { width, height } = mask;
  return geodesicDistance({ width, height, lab, contrast: SPREAD.contrast, cost }, starts, spread.reach);
}

/** Evenly drawn from all that count: `3 * n` numbers, OKLab. */
function coloursWhere(counts: (pixel: number) => boolean, { width, height }: Size, lab: Float32Array): number[] {
  const pixels: number[] = [];
  for (let i = 0; i < width * height; i++) if (counts(i)) pixels.push(i);
  const step = Math.max(1, Math.floor(pixels.length / COLOURS));
  return pixels.filter((_, k) => k % step === 0).flatMap((i) => [...lab.subarray(3 * i, 3 * i + 3)]);
}
