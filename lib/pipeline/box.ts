import type { Box, Plane, Size } from '../raster';

/** All of a raster. */
export function wholeOf({ width, height }: Size): Box {
  return { left: 0, top: 0, width, height };
}

/** A box with `by` pixels around it, as far as the raster reaches. */
export function growBox(box: Box, { width, height }: Size, by: number): Box {
  const left = Math.max(0, box.left - by);
  const top = Math.max(0, box.top - by);
  return {
    left,
    top,
    width: Math.min(width, box.left + box.width + by) - left,
    height: Math.min(height, box.top + box.height + by) - top,
  };
}

/** A box inside a frame, with the rest of all blocks of `side` x `side` pixels, counted from the frame's, that it is in. */
export function alignBox(box: Box, frame: Box, side: number): Box {
  const down = (at: number) => side * Math.floor(at / side);
  const up = (at: number) => side * Math.ceil(at / side);
  const [x, y] = [box.left - frame.left, box.top - frame.top];
  const [left, top] = [down(x), down(y)];
  return {
    left: frame.left + left,
    top: frame.top + top,
    width: Math.min(frame.width, up(x + box.width)) - left,
    height: Math.min(frame.height, up(y + box.height)) - top,
  };
}

/** The smallest box around two others. */
export function joinBoxes(a: Box, b: Box): Box {
  const [left, top] = [Math.min(a.left, b.left), Math.min(a.top, b.top)];
  const right = Math.max(a.left + a.width, b.left + b.width);
  const bottom = Math.max(a.top + a.height, b.top + b.height);
  return { left, top, width: right - left, height: bottom - top };
}

/**
 * The smallest box around every value above a limit.
 *
 * @param within where to look; left out: everywhere
 * @returns `null` where no value is above it
 */
export function boundingBox(
  { data, width, height }: Plane<ArrayLike<number>>,
  above: number,
  within: Box = { left: 0, top: 0, width, height },
): Box | null {
  const end = within.left + within.width;
  let [left, right, top, bottom] = [end, -1, 0, -1];
  for (let y = within.top; y < within.top + within.height; y++) {
    const row = y * width;
    let first = within.left;
    while (first < end && data[row + first]! <= above) first++;
    if (first === end) continue;
    let last = end - 1;
    while (data[row + last]! <= above) last--;
    if (bottom < 0) top = y;
    bottom = y;
    left = Math.min(left, first);
    right = Math.max(right, last);
  }
  return bottom < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}
