import type { Match } from '../../lib/catalogue/catalogue';
import type { Traits } from '../../lib/description';
import { noDress } from '../../lib/findings';
import { makeThumbnails } from '../../lib/thumbnails';
import { printable } from '../cut/format';
import { writeWhole } from '../files';
import type { SimilarRequest } from './arguments';
import type { CatalogueSurroundings } from './index-photos';
import { readPhoto } from './read-photo';
import { similarPage } from './similar-page';

/** Find the dresses most like the one in a photo, and tell of them. */
export async function similar(request: SimilarRequest, surroundings: CatalogueSurroundings): Promise<void> {
  const { find, catalogue, stdout, stderr } = surroundings;
  const { photo, expect, name, search, report } = request;
  try {
    const found = await find(await readPhoto(photo), { mode: 'default', expect, describe: true, embedding: true });
    const { description } = found.findings;
    if (description?.embedding === undefined) throw noDress(found.findings, expect);
    const matches = await catalogue.nearest(name, { embedding: description.embedding, ...search });
    if (request.json) for (const match of matches) stdout.write(`${JSON.stringify(told(match))}\n`);
    else stdout.write(`${[summaryOf('score', photo, description), ...matches.map(lineOf)].join('\n')}\n`);
    if (report !== null) {
      const thumbnails = await makeThumbnails(found, 480);
      await writeWhole(report, Buffer.from(similarPage({ photo, description, thumbnails, matches, search })));
      stderr.write(`Report: ${report}\n`);
    }
  } finally {
    await catalogue.close();
  }
}

/** Chips of colour are for pages; a terminal gets their names. */
function summaryOf(first: string, id: string, { colours, pattern, length }: Traits): string {
  const names = colours.map(({ name, share }) => `${name} ${Math.round(100 * share)} %`).join(', ');
  return `${first.padEnd(6)} ${printable(id)}  ${names}; ${pattern}; ${length}`;
}

const lineOf = ({ score, id, traits }: Match): string => summaryOf(score.toFixed(3), id, traits);

const told = ({ id, score, traits, metadata }: Match) => ({ id, score, description: traits, metadata });
