import { decode } from '../../lib/pipeline/decode';
import { checkProfile } from '../../lib/pipeline/icc-cost';
import { heif, icc, ispe, takeApart } from '../helpers/heif';
import { jpegWithProfile, longProfile } from '../helpers/long-profile';
import { quarters, refusal } from '../helpers/pictures';
import { pngWithProfile } from '../helpers/profiles';

const jpeg = () => quarters().jpeg().toBuffer();

test('a profile of 20,000 steps is refused before it is calculated, whatever carries it', async () => {
  const profile = await longProfile(20_000);
  const { config, coded } = takeApart(await quarters().avif({ effort: 0 }).toBuffer(), 'av1C');
  const files = [
    jpegWithProfile(await jpeg(), profile),
    await pngWithProfile(await quarters().png().toBuffer(), profile),
    heif([{ type: 'av01', data: coded, properties: [0, 1, 2] }], [ispe(160, 120), config, icc(profile)], 'avif'),
  ];
  for (const file of files) {
    expect(await refusal(decode(file))).toMatchObject({
      code: 'too-complex',
      message: 'The colour profile of the photo has 20000 steps; the limit is 100. Save it as sRGB.',
      facts: { steps: 20_000, maxSteps: 100 },
    });
  }
});

test('a hundred steps are calculated', async () => {
  expect((await decode(jpegWithProfile(await jpeg(), await longProfile(100)))).photo.width).toBe(160);
  const more = await longProfile(101);
  expect(() => checkProfile(more, 'jpeg')).toThrow(expect.objectContaining({ code: 'too-complex' }));
});

test('a profile that is cut anywhere, or filled with anything, is left to its decoder', async () => {
  const profile = await longProfile(10);
  for (let length = 0; length < profile.length; length++)
    expect(() => checkProfile(profile.subarray(0, length), 'jpeg')).not.toThrow();
  expect(() => checkProfile(Buffer.alloc(1000, 255), 'jpeg')).not.toThrow();
});
