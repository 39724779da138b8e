import { DresscutError } from '../errors';
import type { Catalogue, CatalogueInfo } from './catalogue';
import { checkDress, checkEmbedding, checkFilter, checkId, checkLimit, checkName, checkTime } from './rules';

/** A store behind the rules that every store keeps, so that none is asked for what another would refuse. */
export function checked(store: Catalogue): Catalogue {
  return {
    async put(name, dress) {
      checkName(name);
      checkDress(dress);
      return store.put(name, dress);
    },
    async remove(name, id, at) {
      checkName(name);
      checkId(id);
      checkTime(at);
      return store.remove(name, id, at);
    },
    async get(name, id) {
      checkName(name);
      checkId(id);
      return store.get(name, id);
    },
    async nearest(name, query) {
      checkName(name);
      checkEmbedding(query.embedding);
      checkLimit(query.limit);
      checkFilter(query.filter ?? {});
      return store.nearest(name, query);
    },
    async drop(name) {
      checkName(name);
      return store.drop(name);
    },
    list: () => store.list(),
    close: () => store.close(),
  };
}

/**
 * @param catalogue what is there by that name, if anything
 * @param version of the embedding that is to be compared with it
 * @throws DresscutError `not-found`, `catalogue-version`
 */
export function checkVersion(name: string, catalogue: CatalogueInfo | undefined, version: string): void {
  if (catalogue === undefined) {
    throw new DresscutError('not-found', `There is no catalogue ${name}; the first dress put into it makes it.`);
  }
  if (catalogue.version === version) return;
  const message =
    `The catalogue ${name} holds embeddings of version ${catalogue.version}; this one is of version ${version}, and the ` +
    'two cannot be compared. Put the dresses into a new catalogue, or delete this one first.';
  throw new DresscutError('catalogue-version', message, { facts: { holds: catalogue.version, received: version } });
}
