import type { Artefact } from './artefacts';

/** Unpacked limits of our own, far below Lambda's 250 MB, and a zip limit that keeps a function quick to fetch. */
export const BUDGET = { unpackedMegabytes: 110, functionZipMegabytes: 2 } as const;

const megabytes = (bytes: number) => bytes / 1e6;
const cell = (bytes: number) => megabytes(bytes).toFixed(2).padStart(12);

/** A table of what is how large: each archive, and the parts of the layers below it. */
export function sizeTable(artefacts: readonly Artefact[]): string {
  const lines = artefacts.flatMap(({ kind, name, zip, unpacked, entries, sha256 }) => [
    `${`${kind} ${name}`.padEnd(44)}${cell(zip.length)}${cell(unpacked)}  ${sha256.slice(0, 16)}`,
    ...[...partsOf(entries)].map(([part, bytes]) => `  ${part.padEnd(54)}${cell(bytes)}`),
  ]);
  return [`${''.padEnd(44)}${'zip MB'.padStart(12)}${'unpacked MB'.padStart(12)}  sha256`, ...lines].join('\n');
}

function partsOf(entries: Artefact['entries']): Map<string, number> {
  const parts = new Map<string, number>();
  for (const { path, bytes } of entries) {
    // The package, with its scope, or the file.
    const part = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path;
    parts.set(part, (parts.get(part) ?? 0) + bytes.length);
  }
  return parts;
}

/** Sentences that say which budget is broken; none when all hold. */
export function overBudget(artefacts: readonly Artefact[]): string[] {
  const layers = artefacts.filter(({ kind }) => kind === 'layer').reduce((sum, { unpacked }) => sum + unpacked, 0);
  return artefacts
    .filter(({ kind }) => kind === 'function')
    .flatMap(({ name, zip, unpacked }) => {
      const whole = megabytes(layers + unpacked);
      const packed = megabytes(zip.length);
      return [
        ...(whole > BUDGET.unpackedMegabytes
          ? [`${name} and its layers unpack to ${whole.toFixed(1)} MB, the limit is ${BUDGET.unpackedMegabytes} MB.`]
          : []),
        ...(packed > BUDGET.functionZipMegabytes
          ? [`${name}.zip has ${packed.toFixed(1)} MB, the limit is ${BUDGET.functionZipMegabytes} MB.`]
          : []),
      ];
    });
}
