import type { Catalogue, Dress, Match } from '../../catalogue/catalogue';
import { parseTraits, takeMetadata, takeSearch } from '../../catalogue/options';
import { checkId, checkName } from '../../catalogue/rules';
import type { Description } from '../../description';
import { DresscutError } from '../../errors';
import { noDress } from '../../findings';
import { parseOptions } from '../../options';
import type { Jobs } from '../jobs/jobs';
import type { Limits } from '../limits';
import { type Entry, readEntry } from '../request/entry';
import type { CallContext } from './cutouts';

export interface CataloguesDependencies {
  readonly jobs: Jobs;
  readonly limits: Limits;
  /** `null` where none is configured. */
  readonly catalogue: Catalogue | null;
}

/** Of a photo's options, those that matter to what is found in it. */
const FINDING = ['mode', 'expect', 'presence', 'strokes', 'which'];

/**
 * `PUT /v1/catalogues/{name}/dresses/{id}`: a photo, or an embedding with its description, and the caller's metadata.
 * @throws DresscutError as cutting does, and `catalogue-version`, `catalogues-off`
 */
export async function answerPut(
  request: Request,
  { name, id }: { readonly name: string; readonly id: string },
  { catalogue, jobs, limits }: CataloguesDependencies,
  call: CallContext,
): Promise<Response> {
  const store = present(catalogue);
  checkName(name);
  checkId(id);
  const entry = await readEntry(request, limits.maxBytes, call);
  const { metadata, rest } = takeMetadata(entry.record);
  const { embedding, ...traits } = await call.inTurn(() =>
    describeEntry({ ...entry, record: rest }, jobs, call.signal),
  );
  const dress = { id, embedding, traits, metadata, at: Date.now() };
  const stored = await store.put(name, dress);
  const location = `/v1/catalogues/${name}/dresses/${encodeURIComponent(id)}`;
  return Response.json({ ...told(dress), stored }, { status: stored ? 201 : 200, headers: { location } });
}

/** `GET` of the same: the dress as it is kept. @throws DresscutError `not-found`, `catalogues-off` */
export async function answerGet(name: string, id: string, catalogue: Catalogue | null): Promise<Response> {
  const dress = await present(catalogue).get(name, id);
  if (dress === null) throw notThere(name, id);
  return Response.json(told(dress));
}

/** `DELETE` of the same. @throws DresscutError `not-found`, `catalogues-off` */
export async function answerRemove(name: string, id: string, catalogue: Catalogue | null): Promise<Response> {
  if (!(await present(catalogue).remove(name, id, Date.now()))) throw notThere(name, id);
  return new Response(null, { status: 204 });
}

/** `GET /v1/catalogues`: names and versions. @throws DresscutError `catalogues-off` */
export async function answerList(catalogue: Catalogue | null): Promise<Response> {
  return Response.json({ catalogues: await present(catalogue).list() });
}

/** `DELETE /v1/catalogues/{name}`: with all that is in it. @throws DresscutError `not-found`, `catalogues-off` */
export async function answerDrop(name: string, catalogue: Catalogue | null): Promise<Response> {
  if (await present(catalogue).drop(name)) return new Response(null, { status: 204 });
  throw new DresscutError('not-found', `There is no catalogue ${name}.`);
}

/**
 * `POST /v1/catalogues/{name}/similar`: a photo or an embedding in, the dresses most like it out.
 * @throws DresscutError as cutting does, and `not-found`, `catalogue-version`, `catalogues-off`
 */
export async function answerSimilar(
  request: Request,
  name: string,
  { catalogue, jobs, limits }: CataloguesDependencies,
  call: CallContext,
): Promise<Response> {
  const store = present(catalogue);
  checkName(name);
  const entry = await readEntry(request, limits.maxBytes, call);
  const { search, rest } = takeSearch(entry.record);
  const asked =
    'embedding' in entry ? null : await call.inTurn(() => describeEntry({ ...entry, record: rest }, jobs, call.signal));
  const embedding = 'embedding' in entry ? entry.embedding : (asked as Description).embedding;
  const matches = await store.nearest(name, { embedding, ...search });
  const { embedding: _, ...description } = asked ?? { embedding };
  return Response.json({ description: asked === null ? null : description, matches: matches.map(told) });
}

async function describeEntry(entry: Entry, jobs: Jobs, signal: AbortSignal): Promise<Description> {
  if ('embedding' in entry) return { ...parseTraits(entry.record.description), embedding: entry.embedding };
  const option = Object.keys(entry.record).find((known) => !FINDING.includes(known));
  if (option !== undefined) {
    const message = `The option ${option.slice(0, 60)} does not belong here.`;
    throw new DresscutError('invalid-option', message, { facts: { option: option.slice(0, 60) } });
  }
  const options = { ...parseOptions(entry.record), describe: true, embedding: true };
  const { findings } = await jobs.findings(entry.photo, options, signal);
  const { description } = findings;
  if (description?.embedding === undefined) throw noDress(findings, options.expect);
  return { ...description, embedding: description.embedding };
}

/** A dress as answers tell of it: everything but the numbers. */
function told({ id, traits, metadata, at, ...rest }: Match | Dress) {
  const score = 'score' in rest ? { score: Math.round(rest.score * 1e4) / 1e4 } : {};
  return { id, ...score, description: traits, metadata, at: new Date(at).toISOString() };
}

function notThere(name: string, id: string): DresscutError {
  return new DresscutError('not-found', `There is no dress ${JSON.stringify(id.slice(0, 60))} in ${name}.`);
}

function present(catalogue: Catalogue | null): Catalogue {
  if (catalogue !== null) return catalogue;
  throw new DresscutError('catalogues-off', 'This service keeps no catalogues: DRESSCUT_CATALOGUE names none.');
}
