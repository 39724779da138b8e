import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DresscutError, messageOf } from '../../lib/errors';

const names = z.array(z.string());
const marksSchema = z.object({
  dresscut: z.literal('marks'),
  version: z.literal(1),
  accepted: names,
  rejected: names,
  cutAnyway: names,
});

/** What somebody made of the photos in a report, by the names that the report shows. */
export type Marks = z.infer<typeof marksSchema>;

/** @throws DresscutError `invalid-option` when the file cannot be read or holds something else */
export async function readMarks(path: string): Promise<Marks> {
  try {
    return marksSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? 'it is not what a report saves' : messageOf(cause);
    throw new DresscutError('invalid-option', `${path} holds no marks: ${why}.`, { cause });
  }
}
