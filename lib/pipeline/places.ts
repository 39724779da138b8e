/** For each of a row of points, the two samples around it, and how far it is from the first to the second, 0 to 1. */
export interface Places {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float64Array;
}

/**
 * Where the points of one line lie among the samples of another, for linear interpolation along one axis. What lies
 * before the first sample or behind the last takes theirs.
 *
 * @param points how many
 * @param samples how many, at least 1; sample `i` lies at `i`
 * @param at where a point lies among the samples
 */
export function placesOf(points: number, samples: number, at: (point: number) => number): Places {
  const [first, second] = [new Int32Array(points), new Int32Array(points)];
  const share = new Float64Array(points);
  for (let point = 0; point < points; point++) {
    const place = Math.min(Math.max(at(point), 0), samples - 1);
    first[point] = Math.floor(place);
    second[point] = Math.min(samples - 1, first[point]! + 1);
    share[point] = place - first[point]!;
  }
  return { first, second, share };
}
