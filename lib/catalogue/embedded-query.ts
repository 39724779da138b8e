import type { InStatement, InValue } from '@libsql/client';
import type { Query } from './catalogue';

/** One dress that has not been removed, and the version of its embedding. */
export function dressQuery(name: string, id: string): InStatement {
  return {
    sql: `select id, at, traits, metadata, embedding, version from dresses join catalogues on catalogue = name
      where catalogue = ? and id = ? and embedding is not null`,
    args: [name, id],
  };
}

/** The dresses nearest to an embedding; `distance` is one minus the cosine. Dresses alike come in the order of ids. */
export function nearestQuery(name: string, { embedding, limit, filter = {} }: Query): InStatement {
  const conditions: [sql: string, ...args: InValue[]][] = [['catalogue = ?', name], ['embedding is not null']];
  const { colour, pattern, length, metadata = {} } = filter;
  if (pattern !== undefined) conditions.push(['pattern = ?', pattern]);
  if (length !== undefined) conditions.push(['length = ?', length]);
  if (colour !== undefined) conditions.push(['exists (select 1 from json_each(colours) where value = ?)', colour]);
  for (const [key, value] of Object.entries(metadata)) {
    // As JSON, so that 1, "1" and true stay three things. The rules let no quotation mark into a name.
    conditions.push(['metadata -> ? = ?', `$."${key}"`, JSON.stringify(value)]);
  }
  return {
    sql: `select id, at, traits, metadata, vector_distance_cos(embedding, ?) as distance from dresses
      where ${conditions.map(([sql]) => sql).join(' and ')} order by distance, id limit ?`,
    args: [Float32Array.from(embedding.vector).buffer, ...conditions.flatMap(([, ...args]) => args), limit],
  };
}
