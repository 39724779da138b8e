/**
 * Load something at first use, once for everybody who asks meanwhile. A load that failed is forgotten, so that the next
 * call tries again instead of finding a poisoned process.
 */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((thrown: unknown) => {
      loading = undefined;
      throw thrown;
    });
    return loading;
  };
}
