import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DresscutError } from '../errors';

const CLASSES = ['background', 'skin', 'dress'] as const;

/** What training writes and serving reads, so that neither has to guess. */
const manifestSchema = z.object({
  /** Of the manifest itself; the first ones named none. */
  schema: z.literal(1).default(1),
  name: z.string().min(1),
  version: z.string().min(1),
  /** The network, beside the manifest. */
  file: z.string().regex(/^[\w.-]+$/, 'must be a plain file name'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The same network for TensorFlow.js; models of one's own may lack it. */
  tfjs: z
    .object({
      /** Its `model.json`, in a folder beside the manifest; the weights that it names lie beside it. */
      file: z.string().regex(/^\w[\w-]*\/\w[\w.-]*$/, 'must be a plain file name in a plain folder'),
      /** Of the bytes of `file` and then of its weights, as one. */
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    })
    .optional(),
  input: z.object({
    /** The photo's longest side is brought to this, in pixels, */
    longest: z.int().min(64).max(2048),
    /** and both sides to the nearest multiple of this. */
    multiple: z.int().min(1).max(64),
    /** Longest side of a second look, from further away, with which presence is told; left out: there is none. */
    glance: z.int().min(64).max(2048).optional(),
  }),
  /** In the order of the network's output. */
  classes: z.tuple([z.literal(CLASSES[0]), z.literal(CLASSES[1]), z.literal(CLASSES[2])]),
});

export type Manifest = z.infer<typeof manifestSchema>;

/**
 * Read and check `model.json`.
 * @throws DresscutError `model-unavailable` when it is missing or says something else than serving needs.
 */
export async function readManifest(models: string): Promise<Manifest> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(models, 'model.json'), 'utf8')));
  } catch (thrown) {
    const reason = thrown instanceof z.ZodError ? z.prettifyError(thrown) : String(thrown);
    throw new DresscutError('model-unavailable', `model.json could not be read: ${reason}`, { cause: thrown });
  }
}
