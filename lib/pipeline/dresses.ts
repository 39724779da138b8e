import type { FoundDress } from '../findings';
import type { DressLabels, Mask, Matte, Photo, Probabilities } from '../raster';
import { boundingBox, wholeOf } from './box';
import { components } from './components';
import { headsOf } from './heads';
import { measure, type Shares, sampleMatte } from './measure';
import { peopleOf, pixelsOf } from './people';
import { placesOf } from './places';
import { seenOf } from './region';
import { resize } from './resize';
import { spread } from './spread';

/** What is somebody's own dress has at least this share of the largest one; less is a sleeve, or a speck. */
const OWN = 0.1;
/** A piece below this share of the largest dress that lies above or below it, within `ASIDE`, is a part of it. */
const PIECE = 0.5;
/** To either side, as a share of the larger one's width. */
const ASIDE = 0.15;
/** More people than this are a crowd. */
const MOST = 16;

/**
 * Which dress is where. People who do not touch are told apart by the person around each dress, people who do by their
 * heads; where nobody wears it, each piece is a dress.
 *
 * @param matte what is cut out, with at least one pixel
 * @returns labels from 1, the largest dress first, at the network's size; `null` where there is one dress
 */
export async function labelDresses(
  photo: Photo,
  matte: Matte,
  probabilities: Probabilities,
): Promise<DressLabels | null> {
  const { width, height } = probabilities;
  const dress = { width, height, data: sampleMatte(matte, probabilities) };
  for (let i = 0; i < dress.data.length; i++) dress.data[i] = dress.data[i]! > 127 ? 1 : 0;
  const everybody = peopleOf(probabilities);
  for (let i = 0; i < dress.data.length; i++) if (dress.data[i] === 1) everybody.data[i] = 1;
  const people = components(everybody, 8);
  const parts: Uint8Array[] = [];
  const dressed = new Set<number>();
  for (let i = 0; i < dress.data.length; i++) if (dress.data[i] === 1) dressed.add(people.labels[i]!);
  for (const person of dressed) {
    const group = pixelsOf(person, people.labels);
    const worn = dress.data.slice();
    for (let i = 0; i < worn.length; i++) if (group[i] === 0) worn[i] = 0;
    parts.push(...(await byHeads(photo, { width, height, data: worn }, { width, height, data: group }, probabilities)));
  }
  if (parts.length < 2) return null;
  const dresses = joinPieces({ width, height, data: dress.data }, parts).slice(0, MOST);
  if (dresses.length < 2) return null;
  const labels = new Uint8Array(width * height);
  for (const [number, pixels] of dresses.entries()) {
    for (let i = 0; i < labels.length; i++) if (pixels[i] === 1) labels[i] = number + 1;
  }
  const everywhere = { width, height, data: new Uint8Array(width * height).fill(1) };
  const within = seenOf(photo, probabilities);
  return { kind: 'dress-labels', within, ...spread({ width, height, data: labels }, everywhere, null) };
}

/**
 * The dresses of one group of people who touch each other.
 * @param group where the people are
 */
async function byHeads(photo: Photo, worn: Mask, group: Mask, probabilities: Probabilities): Promise<Uint8Array[]> {
  const { width, height } = worn;
  // Heads are above only where the photo lies upright.
  if (probabilities.turned !== 0) return [worn.data];
  const heads = headsOf(group).slice(0, MOST);
  if (heads.length < 2) return [worn.data];
  const seeds = new Uint8Array(width * height);
  let owners = 0;
  for (const { left, right } of heads) {
    const under = (i: number) => worn.data[i] === 1 && i % width >= left && i % width <= right;
    if (!worn.data.some((_, i) => under(i))) continue; // somebody without a dress
    owners++;
    for (let i = 0; i < seeds.length; i++) if (under(i)) seeds[i] = owners;
  }
  if (owners < 2) return [worn.data];
  const colours = await resize(photo, width, height, seenOf(photo, probabilities));
  const labels = spread({ width, height, data: seeds }, worn, colours).data;
  const parts = Array.from({ length: owners }, (_, owner) => labels.map((label) => (label === owner + 1 ? 1 : 0)));
  const largest = Math.max(...parts.map(areaOf));
  const own = parts.filter((part) => areaOf(part) >= OWN * largest);
  // What is nobody's own belongs to the nearest: spread once more from those who have one.
  if (own.length < 2) return [worn.data];
  if (own.length === parts.length) return parts;
  return ownersOnly(worn, own, colours);
}

function ownersOnly(worn: Mask, own: readonly Uint8Array[], colours: Photo): Uint8Array[] {
  const { width, height } = worn;
  const data = new Uint8Array(worn.data.length);
  for (const [owner, part] of own.entries())
    for (let i = 0; i < data.length; i++) if (part[i] === 1) data[i] = owner + 1;
  const labels = spread({ width, height, data }, worn, colours).data;
  return own.map((_, owner) => labels.map((label) => (label === owner + 1 ? 1 : 0)));
}

/** The largest first; pieces above or below a larger one, as a belt or a bag leaves them, joined to it. */
function joinPieces(size: Mask, parts: readonly Uint8Array[]): Uint8Array[] {
  const sorted = parts.map((data) => ({ data, area: areaOf(data) })).sort((a, b) => b.area - a.area);
  const dresses: { data: Uint8Array; area: number }[] = [];
  for (const part of sorted) {
    const home = dresses.find((larger) => part.area < PIECE * larger.area && liesInLine(size, part.data, larger.data));
    if (home === undefined) dresses.push({ ...part, data: part.data.slice() });
    else for (let i = 0; i < home.data.length; i++) if (part.data[i] === 1) home.data[i] = 1;
  }
  const largest = dresses[0]?.area ?? 0;
  return dresses.filter(({ area }) => area >= OWN * largest).map(({ data }) => data);
}

function liesInLine({ width, height }: Mask, small: Uint8Array, large: Uint8Array): boolean {
  const boxOf = (data: Uint8Array) => boundingBox({ width, height, data }, 0) ?? wholeOf({ width, height });
  const [piece, main] = [boxOf(small), boxOf(large)];
  const centre = piece.left + piece.width / 2;
  const aside = ASIDE * main.width;
  return centre > main.left - aside && centre < main.left + main.width + aside;
}

function areaOf(data: Uint8Array): number {
  let area = 0;
  for (const value of data) area += value;
  return area;
}

/**
 * What the findings say of each dress, the largest first.
 *
 * @param labels `null` where there is one dress
 * @param shares of the whole matte
 */
export function describeDresses(
  matte: Matte,
  labels: DressLabels | null,
  probabilities: Probabilities,
  { coverage, confidence }: Shares,
): FoundDress[] {
  if (labels === null) return matte.box === null ? [] : [{ box: matte.box, coverage, confidence }];
  const count = labels.data.reduce((most, label) => Math.max(most, label), 0);
  return Array.from({ length: count }, (_, i) => {
    const own = measure(matte, probabilities, (pixel) => labels.data[pixel] === i + 1);
    const box = matteOf(matte, labels, i + 1).box ?? wholeOf(matte);
    return { box, coverage: own.coverage, confidence: own.confidence };
  });
}

/** The matte of some dresses among several: soft across the line at which they meet another one. */
export function matteOf(matte: Matte, labels: DressLabels, ...numbers: readonly number[]): Matte {
  const { width, height, box } = matte;
  const { within, data } = labels;
  const alpha = new Uint8Array(width * height);
  if (box === null) return { ...matte, alpha };
  const middle = (pixel: number, start: number, scale: number) => (pixel + 0.5 - start) * scale - 0.5;
  const across = placesOf(width, labels.width, (x) => middle(x, within.left, labels.width / within.width));
  const down = placesOf(height, labels.height, (y) => middle(y, within.top, labels.height / within.height));
  const isOwn = new Uint8Array(256);
  for (const number of numbers) isOwn[number] = 1;
  const own = (i: number) => isOwn[data[i]!]!;
  for (let y = box.top; y < box.top + box.height; y++) {
    const y0 = down.first[y]! * labels.width;
    const y1 = down.second[y]! * labels.width;
    const fy = down.share[y]!;
    for (let x = box.left, i = y * width + x; x < box.left + box.width; x++, i++) {
      const a = matte.alpha[i]!;
      if (a === 0) continue;
      const x0 = across.first[x]!;
      const x1 = across.second[x]!;
      const fx = across.share[x]!;
      const upper = own(y0 + x0) * (1 - fx) + own(y0 + x1) * fx;
      const lower = own(y1 + x0) * (1 - fx) + own(y1 + x1) * fx;
      const share = 4 * (upper * (1 - fy) + lower * fy - 0.5) + 0.5;
      alpha[i] = share >= 1 ? a : share <= 0 ? 0 : Math.round(a * share);
    }
  }
  return { kind: 'matte', width, height, alpha, box: boundingBox({ width, height, data: alpha }, 0, box) };
}
