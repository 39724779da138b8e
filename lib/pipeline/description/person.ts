import type { Matte, Probabilities } from '../../raster';

/** How far a person reaches from head to foot, as shares of the photo's height from its top. */
export interface Person {
  /** Top of the head, or of what is worn on it. */
  readonly top: number;
  /** Soles. */
  readonly bottom: number;
  /** Share of the person's area that is not dress, 0 to 1. */
  readonly bare: number;
}

/** Rows narrower than this, as a share of the photo's width, are a strand of hair or a trace of another thing. */
const NARROWEST = 0.004;

/**
 * Whoever wears the dress: what the network takes for a person and that hangs together with the dress.
 *
 * @param whole what the network says of the whole photo
 * @param matte of the same photo
 * @returns `null` where the network sees none of the dress that was cut out
 */
export function personOf(whole: Probabilities, matte: Matte): Person | null {
  const { width, height, background, dress } = whole;
  const worn = (i: number) =>
    (dress[i] ?? 0) > 0.5 && alphaAt(matte, (i % width) / width, Math.floor(i / width) / height);
  const person = new Uint8Array(width * height);
  const queue: number[] = [];
  const visit = (i: number) => {
    if (person[i] === 1 || (background[i] ?? 1) >= 0.5) return;
    person[i] = 1;
    queue.push(i);
  };
  for (const i of person.keys()) if (worn(i)) visit(i);
  for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
    if (i % width > 0) visit(i - 1);
    if ((i + 1) % width > 0) visit(i + 1);
    if (i >= width) visit(i - width);
    if (i + width < person.length) visit(i + width);
  }
  return extent(person, whole);
}

function extent(person: Uint8Array, { width, height, skin, dress }: Probabilities): Person | null {
  const rows = Array.from({ length: height }, (_, y) =>
    person.subarray(y * width, (y + 1) * width).reduce((sum, one) => sum + one, 0),
  );
  const wide = (count: number) => count >= Math.max(2, NARROWEST * width);
  const top = rows.findIndex(wide);
  if (top < 0) return null;
  let [all, bare] = [0, 0];
  for (const [i, one] of person.entries()) {
    all += one;
    if (one === 1 && (skin[i] ?? 0) > (dress[i] ?? 0)) bare++;
  }
  return { top: top / height, bottom: (rows.findLastIndex(wide) + 1) / height, bare: bare / all };
}

function alphaAt({ width, height, alpha }: Matte, x: number, y: number): boolean {
  return (alpha[Math.floor(y * height) * width + Math.floor(x * width)] ?? 0) > 127;
}
