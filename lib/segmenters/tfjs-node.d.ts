/** An optional peer that is never installed with the project; what is used of it has the interface of its parts. */
declare module '@tensorflow/tfjs-node' {
  export { loadGraphModelSync } from '@tensorflow/tfjs-converter';
  // biome-ignore lint/performance/noReExportAll: it says what another package exports.
  export * from '@tensorflow/tfjs-core';
  export const version: Readonly<Record<'tfjs-node', string>>;
}
