import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { classIds, labelledPhotos, truthOf } from '../../bench/labelled-photos';

describe('classIds', () => {
  it('takes numbers and names', () => {
    expect(classIds('14, 3', null)).toEqual([14, 3]);
    expect(classIds('dress,41', ['street', 'dress'])).toEqual([1, 41]);
  });

  it.each([['gown'], ['256'], ['-1'], ['']])('refuses %j and says what there is', (text) => {
    expect(() => classIds(text, ['street', 'dress'])).toThrow(/is no class of the labels; they are street, dress/);
  });
});

describe('truthOf', () => {
  let labels: string;
  beforeEach(async () => {
    labels = await mkdtemp(join(tmpdir(), 'dresscut-labels-'));
  });
  afterEach(() => rm(labels, { recursive: true, force: true }));
  const classes = { dress: [2, 3], skin: [1] };
  const grey = (values: number[], width: number, channels: 1 | 2 = 1) =>
    sharp(Uint8Array.from(values), { raw: { width, height: values.length / width / channels, channels } })
      .toColourspace('b-w')
      .png()
      .toFile(join(labels, 'a.png'));

  it('reads class ids, and never mixes them when it changes the size', async () => {
    await grey([0, 1, 2, 3], 2);
    expect(await truthOf({ labels, classes }, 'a', null)).toEqual({
      dress: Uint8Array.of(0, 0, 1, 1),
      skin: Uint8Array.of(0, 1, 0, 0),
    });
    const { dress } = await truthOf({ labels, classes }, 'a', { width: 4, height: 4 });
    expect([...dress]).toEqual([...Array(8).fill(0), ...Array(8).fill(1)]);
  });

  it('reads masks: by brightness, or by what is opaque', async () => {
    await grey([0, 127, 128, 255], 2);
    expect(await truthOf({ labels, classes: 'masks' }, 'a', null)).toEqual({
      dress: Uint8Array.of(0, 0, 1, 1),
      skin: null,
    });
    await grey([0, 255, 0, 255, 255, 0, 255, 0], 2, 2);
    expect((await truthOf({ labels, classes: 'masks' }, 'a', null)).dress).toEqual(Uint8Array.of(1, 1, 0, 0));
  });

  it('refuses what cannot be the label of the photo', async () => {
    await grey([0, 1, 2, 3], 2);
    await expect(truthOf({ labels, classes }, 'a', { width: 2, height: 3 })).rejects.toThrow(/2 x 2, its photo 2 x 3/);
    await expect(truthOf({ labels, classes }, 'b', null)).rejects.toThrow(/b has no label that can be read/);
    const deep = { raw: { width: 2, height: 1, channels: 1 } } as const;
    await sharp(Uint16Array.of(1, 2), deep).toColourspace('grey16').png().toFile(join(labels, 'a.png'));
    await expect(truthOf({ labels, classes }, 'a', null)).rejects.toThrow(/labels are PNGs of 8 bit/);
  });
});

describe('labelledPhotos', () => {
  it('takes one folder for both, and nothing for a photo that is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dresscut-both-'));
    try {
      const label = { create: { width: 4, height: 4, channels: 3, background: 'white' } } as const;
      for (const id of ['a', 'b']) {
        await sharp(label)
          .png()
          .toFile(join(folder, `${id}.png`));
        await writeFile(join(folder, `${id}.jpg`), `photo ${id}`);
        await writeFile(join(folder, `${id}.txt`), 'notes');
      }
      const found: string[] = [];
      const both = { photos: folder, labels: join(folder, '.'), classes: 'masks', split: null } as const;
      for await (const { bytes, worn } of labelledPhotos(both)) found.push(`${bytes} ${worn}`);
      expect(found).toEqual(['photo a true', 'photo b true']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
