import type { Findings } from '../findings';

const EXPOSED = [
  'ETag',
  'Location',
  'Retry-After',
  'Server-Timing',
  'X-Request-Id',
  'X-Dresscut-Verdict',
  'X-Dresscut-Presence',
  'X-Dresscut-Confidence',
  'X-Dresscut-Coverage',
  'X-Dresscut-Skin-Leak',
  'X-Dresscut-Box',
  'X-Dresscut-Photo',
  'X-Dresscut-Model',
  'X-Type',
  'X-Width',
  'X-Height',
  'X-Credits-Charged',
  'X-Foreground-Top',
  'X-Foreground-Left',
  'X-Foreground-Width',
  'X-Foreground-Height',
];

/** On every answer, errors and preflight included. The key travels in a header, never in a cookie: any origin may. */
export const EVERYWHERE: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': EXPOSED.join(', '),
  'timing-allow-origin': '*',
  'x-content-type-options': 'nosniff',
};

/** On the answer to a preflight. */
export const PREFLIGHT: Readonly<Record<string, string>> = {
  'access-control-allow-methods': 'GET, HEAD, POST',
  'access-control-allow-headers':
    'Accept, Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Api-Key, X-Request-Id',
  'access-control-max-age': '86400',
};

/** The findings for callers who take an image. The box is `left,top,width,height` in pixels of the upright photo. */
export function findingsHeaders(findings: Findings): Record<string, string> {
  const { verdict, presence, confidence, coverage, skinLeak, box, photo, model } = findings;
  const headers: Record<string, string> = {
    'x-dresscut-verdict': verdict,
    'x-dresscut-presence': presence.toFixed(4),
    'x-dresscut-confidence': confidence.toFixed(4),
    'x-dresscut-coverage': coverage.toFixed(4),
    'x-dresscut-skin-leak': skinLeak.toFixed(4),
    'x-dresscut-photo': `${photo.width},${photo.height},${photo.format}`,
    'x-dresscut-model': `${model.name}/${model.version}`,
    'server-timing': Object.entries(findings.milliseconds)
      .map(([step, duration]) => `${step};dur=${duration}`)
      .join(', '),
  };
  if (box !== null) headers['x-dresscut-box'] = [box.left, box.top, box.width, box.height].join(',');
  return headers;
}
