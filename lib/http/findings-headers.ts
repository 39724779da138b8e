import type { Findings } from '../findings';

/** The findings for callers who take an image. The box is `left,top,width,height` in pixels of the upright photo. */
export function findingsHeaders(findings: Findings): Record<string, string> {
  const { verdict, reasons, advice, presence, confidence, coverage, skinLeak, box, dresses, turned } = findings;
  const { photo, model, description } = findings;
  const headers: Record<string, string> = {
    'x-dresscut-verdict': verdict,
    'x-dresscut-presence': presence.toFixed(4),
    'x-dresscut-confidence': confidence.toFixed(4),
    'x-dresscut-coverage': coverage.toFixed(4),
    'x-dresscut-skin-leak': skinLeak.toFixed(4),
    'x-dresscut-dresses': String(dresses.length),
    'x-dresscut-turned': String(turned),
    'x-dresscut-photo': `${photo.width},${photo.height},${photo.format}`,
    'x-dresscut-model': `${model.name}/${model.version}`,
    'server-timing': Object.entries(findings.milliseconds)
      .map(([step, duration]) => `${step};dur=${duration}`)
      .join(', '),
  };
  if (description !== undefined) {
    const { colours, pattern, length } = description;
    headers['x-dresscut-colours'] = colours.map(({ name, hex, share }) => `${name} ${hex} ${share}`).join(', ');
    headers['x-dresscut-pattern'] = pattern;
    headers['x-dresscut-length'] = length;
  }
  if (reasons.length > 0) headers['x-dresscut-reasons'] = reasons.join(', ');
  if (advice.length > 0) headers['x-dresscut-advice'] = advice.join(', ');
  if (box !== null) headers['x-dresscut-box'] = [box.left, box.top, box.width, box.height].join(',');
  return headers;
}
