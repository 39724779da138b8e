import { readdir, readFile } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';

const SAMPLES = join(__dirname, '..', 'samples');
const CATALOGUE = 'samples';

/** Puts the rendered dresses of `samples/` into a catalogue, as a shop would, so that there is something to search. */
export async function putSamples(api: string, say: (line: string) => void): Promise<void> {
  const photos = (await readdir(SAMPLES)).filter((file) => extname(file) === '.jpg');
  for (const file of photos) {
    const address = `${api}/v1/catalogues/${CATALOGUE}/dresses/${parse(file).name}`;
    const known = await fetch(address);
    if (known.ok) continue;
    const answer = await fetch(`${address}?expect=dress`, { method: 'PUT', body: await readFile(join(SAMPLES, file)) });
    if (!answer.ok) say(`  ${file} is not in the catalogue: ${await answer.text()}`);
  }
  say(
    `  the catalogue ${CATALOGUE} holds ${photos.length} dresses: POST a photo to /v1/catalogues/${CATALOGUE}/similar`,
  );
}
