import { escapeHtml, headOf } from '../lib/html';
import { sharp } from '../lib/pipeline/codec';
import type { Segmenter } from '../lib/ports';
import { makeThumbnails } from '../lib/thumbnails';
import { finderOf, overview, type Result, type Row, ranked, type Summary } from './evaluation';
import { type LabelledFolder, labelledPhotos, truthOf } from './labelled-photos';
import { padded } from './padded';
import { halves, iou } from './scores';
import { figure, percent } from './table';

/** How many of the worst and of the best are shown. */
const SHOWN = 10;
const SIDE = 360;

interface Evaluated {
  readonly heading: string;
  readonly folder: LabelledFolder;
  readonly summaries: readonly Summary[];
  readonly results: readonly Result[];
  readonly segmenter: Segmenter;
}

/**
 * Figures and photos as one page: the worst ten beside the best ten of the first way, and what `auto` decided wrongly.
 * The photos are in it, made small, and nothing is fetched.
 */
export async function evaluatePage(evaluated: Evaluated): Promise<string> {
  const { heading, summaries, results } = evaluated;
  const order = ranked((results[0] as Result).rows);
  const half = Math.min(SHOWN, Math.ceil(order.length / 2));
  const wrong = results
    .filter(({ way }) => way.expect === 'auto')
    .flatMap(({ rows }) => rows.filter((row) => row.worn === (row.findings.verdict === 'no_dress')));
  const best = order.slice(0, half);
  const worst = order.slice(Math.max(half, order.length - half)).reverse();
  const pictures = await picturesOf(evaluated, [...best, ...worst, ...wrong]);
  const cards = (rows: readonly Row[]) => rows.map((row) => card(row, pictures.get(row.id) ?? '')).join('\n');
  const presence = summaries.find((summary) => summary.presence !== null)?.presence;
  return `${headOf('dresscut: quality', STYLE, ['img-src data:'])}
<h1>dresscut: quality</h1>
<p>${escapeHtml(heading)}. IoU over all dress photos together; in brackets 95 % by drawing photos with replacement.</p>
${tableOf(overview(summaries))}
${presence ? reliability(presence) : ''}
<p class="key">In the pictures: <b class="both">dress, and cut out</b> <b class="extra">cut out, but no dress</b>
<b class="missing">dress, but not cut out</b></p>
<div class="sides"><section><h2>The worst ${worst.length}</h2>${cards(worst)}</section>
<section><h2>The best ${best.length}</h2>${cards(best)}</section></div>
<h2>Where <i>auto</i> decided wrongly (${wrong.length})</h2>
<div class="sides">${cards(wrong)}</div>
</html>
`;
}

function tableOf([head = [], ...lines]: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="scroll"><table>${[row(head, 'th'), ...lines.map((line) => row(line, 'td'))].join('\n')}</table></div>`;
}

/** What was said against what was so; on the diagonal every probability is true. Dots grow with their photos. */
function reliability({ auc, ece, eceByChance, bins }: NonNullable<Summary['presence']>): string {
  const most = Math.max(...bins.map(({ count }) => count));
  const dots = bins.map(({ said, was, count }) => {
    const at = `cx="${(20 + 160 * said).toFixed(1)}" cy="${(180 - 160 * was).toFixed(1)}"`;
    const what = `${count} photos: said ${percent(said)}, was ${percent(was)}`;
    return `<circle ${at} r="${(2 + 6 * Math.sqrt(count / most)).toFixed(1)}"><title>${what}</title></circle>`;
  });
  return `<figure class="presence"><svg viewBox="0 0 200 200" role="img" aria-label="reliability of presence">
<path d="M20 20V180H180M20 180L180 20"/>${dots.join('')}</svg>
<figcaption>Presence: probability said (across) and share of photos with a dress (up). AUC ${figure(auc)}, expected
calibration error ${figure(ece)}; were every probability true, so few photos would show ${figure(eceByChance)}.</figcaption></figure>`;
}

function card({ id, findings, area, outline, worn }: Row, pictures: string): string {
  const { verdict, presence } = findings;
  const fit = worn ? `IoU ${figure(iou(area))}, boundary ${figure(iou(outline))}; ` : '';
  return `<article><h3>${escapeHtml(id)}</h3><p>${fit}${verdict}, presence ${percent(presence)}</p>${pictures}</article>`;
}

/** Photo, what is right and wrong, and the cut-out, of each photo that is to be shown. */
async function picturesOf(
  { folder, results, segmenter }: Evaluated,
  rows: readonly Row[],
): Promise<Map<string, string>> {
  const ids = (wanted: boolean) => [...new Set(rows.filter(({ worn }) => worn === wanted).map(({ id }) => id))];
  const shown = { ...folder, split: { dress: ids(true), no_dress: ids(false) } };
  const { way } = results[0] as Result;
  const find = finderOf(way, segmenter);
  const found = new Map<string, string>();
  for await (const { id, bytes: own, worn } of labelledPhotos(shown)) {
    const bytes = folder.around ? await padded(own, folder.around) : own;
    const result = await find(bytes, way);
    const { photo, cutout, width, height } = await makeThumbnails(result, SIDE);
    const { dress } = await truthOf(folder, id, result.findings.photo);
    const guess = halves(result.matte?.alpha ?? new Uint8Array(dress.length));
    const compared = await differences(photo, worn ? dress : dress.map(() => 0), guess, result.findings.photo, {
      width,
      height,
    });
    const image = (picture: Buffer | null, what: string) =>
      picture === null
        ? ''
        : `<img width="${width}" height="${height}" loading="lazy" alt="${what} of ${escapeHtml(id)}" src="data:image/webp;base64,${picture.toString('base64')}">`;
    found.set(id, image(photo, 'photo') + image(compared, 'right and wrong') + image(cutout, 'cut-out'));
  }
  return found;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The photo in grey, tinted where truth and guess agree or differ; colours as in the page's key. */
async function differences(photo: Buffer, truth: Uint8Array, guess: Uint8Array, full: Size, small: Size) {
  const tint = new Uint8Array(4 * truth.length);
  for (let i = 0; i < truth.length; i++) {
    const kind = 2 * (truth[i] as number) + (guess[i] as number);
    if (kind > 0) tint.set(TINTS[kind - 1] as readonly number[], 4 * i);
  }
  const { width, height } = full;
  const layer = await sharp(tint, { raw: { width, height, channels: 4 } })
    .resize(small.width, small.height, { kernel: 'nearest', fit: 'fill' })
    .png()
    .toBuffer();
  return sharp(photo)
    .grayscale()
    .toColourspace('srgb')
    .composite([{ input: layer }])
    .webp({ quality: 70 })
    .toBuffer();
}

/** RGBA of: cut out but no dress, dress but not cut out, both. */
const TINTS = [
  [230, 40, 40, 190],
  [40, 90, 255, 190],
  [30, 170, 80, 130],
] as const;

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d4d4dc, #3b3b45); --quiet: light-dark(#595966, #a9a9b6) }
body { margin: 0 auto; max-width: 90rem; padding: 1rem; font: 16px/1.5 system-ui, sans-serif;
  color: light-dark(#1b1b22, #ececf2); background: light-dark(#fff, #131216); overflow-wrap: anywhere }
h1 { font-size: 1.3rem } h2 { font-size: 1.1rem } h3 { font-size: 1rem; margin: 0 } p { color: var(--quiet); margin: .3rem 0 }
.scroll { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums; white-space: nowrap }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line) }
.presence { margin: 1rem 0; display: flex; gap: 1rem; align-items: end; flex-wrap: wrap } .presence svg { width: 14rem }
.presence path { fill: none; stroke: var(--line) } circle { fill: light-dark(#a3174f, #ff8fb5) }
.key b { padding: .1rem .5rem; border-radius: 4px; color: #fff; font-weight: 500 }
.both { background: #1c7a3e } .extra { background: #b32424 } .missing { background: #2c4fd0 }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 0 1.5rem }
article { border-top: 1px solid var(--line); padding: .6rem 0 }
img { width: calc(33.3% - 4px); height: auto; margin-right: 4px; vertical-align: top;
  background: repeating-conic-gradient(#bbb 0 25%, #fff 0 50%) 0 0 / 16px 16px }
`;
