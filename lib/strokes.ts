import { z } from 'zod';

/**
 * A caller's word on a part of the photo. `keep`: this is dress. `drop`: this is not. Given by a brush (points joined
 * by lines, a round tip) or as a box; coordinates are pixels of the upright photo, from its upper left corner, and
 * pixel (0, 0) covers 0 to 1. Where strokes meet, the later one counts.
 */
export type Stroke = BrushStroke | BoxStroke;

export interface BrushStroke {
  readonly kind: 'keep' | 'drop';
  /** One for a dot; the line goes through all of them. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Of the tip, in pixels of the photo, 0.5 to 5000. */
  readonly radius: number;
}

export interface BoxStroke {
  readonly kind: 'keep' | 'drop';
  readonly box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
}

/** Strokes in one call: far more than anybody draws, and few enough to be painted in milliseconds. */
export const MAX_STROKES = 200;
/** Points of all of them together. */
export const MAX_POINTS = 20_000;

/** Farther out than any photo reaches; numbers beyond it lose their fractions. */
const FAR = 100_000;
const KINDS = ['keep', 'drop'] as const;

const coordinate = z.number().min(-FAR).max(FAR);
const side = z.number().positive().max(FAR);
const brush = z.strictObject({
  kind: z.enum(KINDS),
  points: z
    .array(z.tuple([coordinate, coordinate]))
    .min(1)
    .max(MAX_POINTS),
  radius: z.number().min(0.5).max(5000),
});
const box = z.strictObject({
  kind: z.enum(KINDS),
  box: z.strictObject({ left: coordinate, top: coordinate, width: side, height: side }),
});

/** What `strokes` expects, for help and errors. */
export const STROKES_EXPECTED = `a list of at most ${MAX_STROKES} strokes with at most ${MAX_POINTS} points, each {"kind": "keep" or "drop", "points": [[x, y], ...], "radius": pixels} or {"kind": ..., "box": {"left", "top", "width", "height"}}`;

/**
 * Strokes as JSON or as the text of it; the schema that OpenAPI shows.
 * @internal
 */
export const strokesSchema = z
  .array(z.union([brush, box]))
  .max(MAX_STROKES)
  .refine((strokes) => pointsOf(strokes) <= MAX_POINTS, `at most ${MAX_POINTS} points in all`);

function pointsOf(strokes: readonly Stroke[]): number {
  return strokes.reduce((sum, stroke) => sum + ('points' in stroke ? stroke.points.length : 0), 0);
}
