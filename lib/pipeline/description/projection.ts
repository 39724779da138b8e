import fitted from './projection.json';

/** A linear map fitted to dresses: `training/embedding.py` writes the file and says how. */
export interface Projection {
  readonly inputs: number;
  readonly outputs: number;
  /** Taken from the numbers before they are mapped. */
  readonly mean: Float32Array;
  /** `inputs * outputs` factors, those of one input side by side. */
  readonly weights: Float32Array;
}

interface Stored {
  readonly inputs: number;
  readonly outputs: number;
  /** What one unit of a whole number is worth. */
  readonly unit: { readonly mean: number; readonly weights: number };
  /** Little-endian 16-bit integers as base64. */
  readonly mean: string;
  readonly weights: string;
}

export const FEATURES: Projection = read(fitted.features);
export const COLOURS: Projection = read(fitted.colours);

/** @returns `outputs` numbers of length 1 together, or all 0 */
export function project(numbers: readonly number[], { inputs, outputs, mean, weights }: Projection): number[] {
  const mapped = new Float64Array(outputs);
  for (let i = 0; i < inputs; i++) {
    const value = (numbers[i] ?? 0) - mean[i]!;
    for (let o = 0; o < outputs; o++) mapped[o]! += value * weights[i * outputs + o]!;
  }
  const length = Math.hypot(...mapped) || 1;
  return Array.from(mapped, (value) => value / length);
}

function read({ inputs, outputs, unit, mean, weights }: Stored): Projection {
  return { inputs, outputs, mean: numbersOf(mean, unit.mean), weights: numbersOf(weights, unit.weights) };
}

function numbersOf(text: string, unit: number): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(2 * i) * unit);
}
