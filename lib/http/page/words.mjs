// What people are told: sentences, not the API's words.

/** @typedef {{ code: string, title: string, detail: string }} Problem */

const REASONS = new Map([
  ['presence', 'it may be no dress at all'],
  ['shape', 'its outline is uncertain'],
  ['skin', 'there may be skin in the cut-out'],
  ['turned', 'the photo seems to lie on its side'],
  ['several', 'there is more than one person or dress'],
]);

/**
 * @param {(name: string) => string} header of the answer
 * @param {boolean} sure whether the caller says that a dress is worn
 */
export function verdictOf(header, sure) {
  const review = header('x-dresscut-verdict') === 'review';
  if (!review) return { review, text: 'Looks good.' };
  const named = header('x-dresscut-reasons')
    .split(',')
    .map((word) => word.trim());
  const why = named.filter((word) => !(sure && word === 'presence')).flatMap((word) => REASONS.get(word) ?? []);
  return { review, text: `Have a look before you use it${why.length > 0 ? `: ${why.join(', ')}` : ''}.` };
}

/** @param {Problem} problem @returns {Problem} */
export function inWords(problem) {
  if (problem.code !== 'no-dress') return problem;
  return {
    ...problem,
    title: 'No dress found',
    detail:
      'There seems to be no dress in this photo. If there is one, cut it all the same, and correct it with the brush.',
  };
}

/** @param {string} share of 1 */
const percent = (share) => `${(Number(share) * 100).toFixed(1)} %`;

/**
 * What was found, for the list beside the picture.
 *
 * @param {(name: string) => string} header
 * @param {boolean} sure
 * @returns {[string, string][]}
 */
export function factsOf(header, sure) {
  const [left, top, width, height] = header('x-dresscut-box').split(',');
  const [photoWidth, photoHeight, kind] = header('x-dresscut-photo').split(',');
  const steps = [...header('server-timing').matchAll(/dur=([\d.]+)/g)];
  const time = steps.reduce((sum, [, step]) => sum + Number(step), 0);
  return [
    ['A dress is worn', sure ? 'you say so' : percent(header('x-dresscut-presence'))],
    ['Sure of its shape', percent(header('x-dresscut-confidence'))],
    ['Skin in the cut-out', percent(header('x-dresscut-skin-leak'))],
    ['Share of the photo', percent(header('x-dresscut-coverage'))],
    ['Box', `${width} × ${height} at ${left}, ${top}`],
    ['Photo', `${photoWidth} × ${photoHeight} ${kind}`],
    ['Time', `${Math.round(time)} ms`],
    ['Network', header('x-dresscut-model').replace('/', ' ')],
  ];
}
