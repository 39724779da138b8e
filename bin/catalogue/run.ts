import { asDresscutError } from '../../lib/errors';
import { printable } from '../cut/format';
import { parseIndex, parseSimilar } from './arguments';
import { type CatalogueSurroundings, indexPhotos } from './index-photos';
import { similar } from './similar';

const EXIT = { done: 0, someNot: 1, usage: 2, stopped: 130 } as const;

/** As the commands' arguments say where the catalogue is, it is opened when they are read. */
export interface Opening extends Omit<CatalogueSurroundings, 'catalogue'> {
  readonly open: (where: string) => CatalogueSurroundings['catalogue'];
}

/**
 * Run `dresscut index` or `dresscut similar` once.
 *
 * @param argv the user's arguments behind the command
 * @returns the exit code: 0 all well, 1 some photos not, 2 wrong usage, 130 stopped by the signal
 */
export async function runCatalogue(command: 'index' | 'similar', argv: readonly string[], opening: Opening) {
  const { stderr, signal } = opening;
  let request: ReturnType<typeof parseIndex> | ReturnType<typeof parseSimilar>;
  try {
    request = command === 'index' ? parseIndex(argv, opening) : parseSimilar(argv, opening);
  } catch (thrown) {
    stderr.write(`dresscut: ${printable(asDresscutError(thrown).message)}\nSee dresscut ${command} --help.\n`);
    return EXIT.usage;
  }
  if (request === null) return EXIT.done;
  const surroundings = { ...opening, catalogue: opening.open(request.catalogue) };
  try {
    if ('photo' in request) await similar(request, surroundings);
    else if (!(await indexPhotos(request, surroundings))) return signal?.aborted ? EXIT.stopped : EXIT.someNot;
    return EXIT.done;
  } catch (thrown) {
    stderr.write(`dresscut: ${printable(asDresscutError(thrown).message)}\n`);
    return EXIT.someNot;
  }
}
