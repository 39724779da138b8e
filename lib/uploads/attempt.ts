import type { Catalogue, Dress } from '../catalogue/catalogue';
import { type Correction, drawCorrection } from '../correction';
import type { CutOut } from '../cut-out';
import { asDresscutError, DresscutError } from '../errors';
import { noDress } from '../findings';
import type { Head, ModelInfo, PhotoStore } from '../ports';
import { describing, dressOf, isCatalogued, planCatalogue, withoutNumbers } from './catalogue-entry';
import { isAnswered, isSameFailure } from './compare';
import { drawPictures } from './pictures';
import { readStrokes } from './read-strokes';
import { readUpload } from './read-upload';
import type { Receipt } from './receipt';
import type { ResultFile } from './results';
import { parseUploadOptions, type UploadOptions } from './upload-options';

export interface AttemptDependencies {
  readonly store: PhotoStore;
  readonly cutOut: CutOut;
  readonly buckets: { readonly uploads: string; readonly cutouts: string };
  /** `null` where none is configured. */
  readonly catalogue: Catalogue | null;
  /** Options of uploads that name none themselves. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Whether what strokes correct is kept for training. */
  readonly keepCorrections: boolean;
  /** Of a photo, in bytes. */
  readonly maxBytes: number;
}

/** The upload as it was when it was looked at; `head` is `null` when it was gone. */
export interface AttemptInput {
  readonly key: string;
  readonly head: Head | null;
  readonly model: ModelInfo;
  /** Of an earlier run; `null` when there is none. */
  readonly previous: Receipt | null;
}

/** `changed`: the upload is another by now. `known`: the previous receipt already answers it. */
export type AttemptResult =
  | { readonly kind: 'changed' }
  | { readonly kind: 'known' }
  | {
      readonly kind: 'answered';
      readonly receipt: Receipt;
      readonly files: readonly ResultFile[];
      /** What there is to be learned from it; `null` where nothing is kept. */
      readonly correction: Correction | null;
      /** For the catalogue that the receipt names. */
      readonly dress: Dress | null;
    };

const CHANGED: AttemptResult = { kind: 'changed' };
const KNOWN: AttemptResult = { kind: 'known' };

/**
 * One try at one upload: read it, cut it, and say in a receipt what came of it. Nothing is written.
 * @throws DresscutError from status 500; what is below is an answer, and stands in the receipt
 */
export function createAttempt(dependencies: AttemptDependencies): (input: AttemptInput) => Promise<AttemptResult> {
  const { store, cutOut, buckets, catalogue, defaults, keepCorrections, maxBytes } = dependencies;
  return async ({ key, head, model, previous }) => {
    const start = performance.now();
    const place = { bucket: buckets.uploads, key, version: head?.version };
    const seal = (
      rest: Pick<Receipt, 'status' | 'options' | 'findings' | 'outputs' | 'problem' | 'catalogue' | 'correction'>,
    ): Receipt => ({
      schema: 1,
      source: sourceOf(place, head),
      model: { name: model.name, version: model.version, sha256: model.sha256 },
      milliseconds: Math.round(performance.now() - start),
      finished: new Date().toISOString(),
      ...rest,
    });
    let asked: UploadOptions | null = null;
    try {
      if (head === null) throw new DresscutError('not-found', 'The upload had vanished before it was looked at.');
      const tags = await store.tags(place);
      if (tags === null) return CHANGED;
      asked = parseUploadOptions(defaults, tags, head.metadata);
      if (asked.strokesKey !== null) {
        const strokes = await readStrokes(store, { bucket: buckets.uploads, key: asked.strokesKey });
        asked = { ...asked, options: { ...asked.options, strokes } };
      }
      const { options } = asked;
      const plan = planCatalogue(asked.catalogue, key, catalogue);
      const known = previous !== null && (await isAnswered(store, buckets.cutouts, previous, { head, model, asked }));
      if (known && (await isCatalogued(catalogue, previous, plan, head))) return KNOWN;
      const photo = await readUpload(store, place, head, maxBytes);
      if (photo === null) return CHANGED;
      const result = await cutOut(photo, describing(options, plan));
      const files = await drawPictures(key, result, asked);
      const correction = keepCorrections && options.strokes.length > 0 ? await drawCorrection(result) : null;
      const outputs = files.map(({ kind, key: to, picture: { contentType, width, height, bytes } }) => {
        return { kind, key: to, contentType, width, height, bytes: bytes.length };
      });
      const problem = result.image === null ? problemOf(noDress(result.findings, options.expect)) : null;
      const dress = dressOf(plan, head, result.findings);
      const entry = dress === null ? null : (plan?.entry ?? null);
      const findings = withoutNumbers(result.findings, options);
      const kept = correction !== null;
      const receipt = seal({ status: 'done', options, findings, outputs, problem, catalogue: entry, correction: kept });
      return { kind: 'answered', receipt, files, correction, dress };
    } catch (thrown) {
      const error = asDresscutError(thrown);
      if (!error.final) throw error;
      const options = asked?.options ?? null;
      const receipt = seal({
        status: 'failed',
        options,
        findings: null,
        outputs: [],
        problem: problemOf(error),
        catalogue: null,
        correction: false,
      });
      // A failure is as lasting as a result: the same bytes and options fail again.
      if (asked === null && previous !== null && isSameFailure(previous, receipt)) return KNOWN;
      return { kind: 'answered', receipt, files: [], correction: null, dress: null };
    }
  };
}

function sourceOf({ bucket, key }: { bucket: string; key: string }, head: Head | null): Receipt['source'] {
  return { bucket, key, etag: head?.etag ?? null, version: head?.version ?? null, bytes: head?.bytes ?? null };
}

function problemOf({ code, message, facts }: DresscutError): Receipt['problem'] {
  return { code, detail: message, facts };
}
