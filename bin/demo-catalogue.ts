import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const SAMPLES = join(__dirname, '..', 'samples');
const CATALOGUE = 'samples';

/** Rendered photos that come with a mask of their dress, and what each becomes in the dyer's vat: degrees of hue. */
const DRESSES = {
  shop: { 'plain wine': 0, 'plain olive': 90, 'plain teal': 180, 'plain blue': 245, 'plain violet': 300 },
  flat: { 'flowered blue': 0, 'flowered violet': 60, 'flowered rose': 120, 'flowered green': 270 },
} as const;
/** Longest side of the picture that stands in a dress's metadata, and so has to be tiny. */
const TINY = 72;

/**
 * Puts rendered dresses into a catalogue, as a shop would, so that there is something to search. Each carries its own
 * picture in its metadata, which the page shows.
 */
export async function putSamples(api: string, say: (line: string) => void): Promise<void> {
  const catalogue = `${api}/v1/catalogues/${CATALOGUE}`;
  let count = 0;
  for (const [sample, dyes] of Object.entries(DRESSES)) {
    for (const [id, hue] of Object.entries(dyes)) {
      const address = `${catalogue}/dresses/${encodeURIComponent(id)}`;
      // The first tells whether the catalogue is of this version; the others are left alone where they are there.
      if (count++ > 0 && (await fetch(address)).ok) continue;
      const form = await formOf(sample, hue);
      let answer = await fetch(address, { method: 'PUT', body: form });
      if (answer.status === 409) {
        await fetch(catalogue, { method: 'DELETE' });
        answer = await fetch(address, { method: 'PUT', body: form });
      }
      if (!answer.ok) say(`  ${id} is not in the catalogue: ${await answer.text()}`);
    }
  }
  say(`  the catalogue ${CATALOGUE} holds ${count} rendered dresses: the page finds their likes`);
}

async function formOf(sample: string, hue: number): Promise<FormData> {
  const photo = await dyed(sample, hue);
  const tiny = await sharp(photo).resize(TINY, TINY, { fit: 'inside' }).webp({ quality: 50 }).toBuffer();
  const form = new FormData();
  form.set('photo', new Blob([Uint8Array.from(photo)]));
  form.set('expect', 'dress');
  form.set('metadata', JSON.stringify({ picture: `data:image/webp;base64,${tiny.toString('base64')}` }));
  return form;
}

/** The photo with its dress, and nothing else, in another hue. */
async function dyed(sample: string, hue: number): Promise<Buffer> {
  const photo = await readFile(join(SAMPLES, `${sample}.jpg`));
  if (hue === 0) return photo;
  const mask = await sharp(join(SAMPLES, `${sample}-mask.png`))
    .extractChannel(0)
    .toBuffer();
  const everything = await sharp(photo).removeAlpha().modulate({ hue }).png().toBuffer();
  const dress = await sharp(everything).joinChannel(mask).png().toBuffer();
  return sharp(photo)
    .composite([{ input: dress }])
    .jpeg({ quality: 90 })
    .toBuffer();
}
