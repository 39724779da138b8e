import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { embeddingInputs } from '../lib/describe';
import { messageOf } from '../lib/errors';
import { findPhoto, photosIn, skip } from './described';
import { disturbed, elsewhere } from './views';

interface Flags {
  readonly photos: string[];
  readonly of?: string;
  readonly out: string;
}

/** `npm run bench:views`: the numbers to which `training/embedding.py` fits what an embedding is. */
async function main(): Promise<void> {
  const flags = new Command('bench:views')
    .description(
      'What embeddings are made from, for every photo and for disturbed views of some. Goes on where it was.',
    )
    .requiredOption('--photos <dirs...>', 'folders of photos')
    .option('--of <file>', 'JSON with an object or a list of ids: views of these alone; left out: of all')
    .option('--out <file>', 'lines of JSON', 'numbers.ndjson')
    .parse()
    .opts<Flags>();
  const photos = photosIn(flags.photos);
  const chosen = flags.of === undefined ? null : idsIn(readFileSync(flags.of, 'utf8'));
  const done = new Set(existsSync(flags.out) ? readFileSync(flags.out, 'utf8').split('\n').map(keyOf) : []);
  for (const [at, { id, file }] of photos.entries()) {
    const other = photos[(at + 37) % photos.length]?.file ?? file;
    const views = chosen === null || chosen.has(id) ? ['plain', 'disturbed', 'elsewhere'] : ['plain'];
    for (const view of views.filter((each) => !done.has(`${id} ${each}`))) {
      const photo = await viewed(view, { file, other, id });
      const found = photo && (await findPhoto(photo).catch(skip));
      if (!found || found.matte === null) continue;
      appendFileSync(flags.out, `${JSON.stringify({ id, view, ...(await embeddingInputs(found)) })}\n`);
    }
  }
}

interface Source {
  readonly file: string;
  readonly other: string;
  readonly id: string;
}

async function viewed(view: string, { file, other, id }: Source): Promise<Buffer | null> {
  const photo = readFileSync(file);
  if (view === 'plain') return photo;
  if (view === 'disturbed') return disturbed(photo, `${id} ${view}`);
  const found = await findPhoto(photo).catch(skip);
  return found && disturbed(await elsewhere(found, readFileSync(other)), `${id} ${view}`);
}

function idsIn(text: string): Set<string> {
  const content: unknown = JSON.parse(text);
  return new Set(Array.isArray(content) ? content.map(String) : Object.keys(content as object));
}

function keyOf(line: string): string {
  if (line === '') return '';
  const { id, view } = JSON.parse(line) as { id: string; view: string };
  return `${id} ${view}`;
}

main().catch((thrown: unknown) => {
  process.stderr.write(`bench:views: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
