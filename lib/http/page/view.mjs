/** How a picture lies on a stage: enlarged `zoom` times (1 fits), its corner at (x, y), all in CSS pixels. */

/** @typedef {{ zoom: number, x: number, y: number }} View */

export const MAX_ZOOM = 16;

/** @type {View} */
export const FITTED = { zoom: 1, x: 0, y: 0 };

/**
 * The view zoomed around a point of the stage, which stays where it is. The picture always covers the stage.
 *
 * @param {View} view
 * @param {number} factor
 * @param {{ x: number, y: number }} point
 * @param {{ width: number, height: number }} stage
 * @returns {View}
 */
export function zoomed(view, factor, point, stage) {
  const zoom = Math.min(MAX_ZOOM, Math.max(1, view.zoom * factor));
  const by = zoom / view.zoom;
  return covering({ zoom, x: point.x - (point.x - view.x) * by, y: point.y - (point.y - view.y) * by }, stage);
}

/**
 * @param {View} view
 * @param {number} dx
 * @param {number} dy
 * @param {{ width: number, height: number }} stage
 * @returns {View}
 */
export function moved(view, dx, dy, stage) {
  return covering({ ...view, x: view.x + dx, y: view.y + dy }, stage);
}

/**
 * @param {View} view
 * @param {{ width: number, height: number }} stage
 * @returns {View}
 */
function covering({ zoom, x, y }, { width, height }) {
  const within = (/** @type {number} */ at, /** @type {number} */ side) => Math.min(0, Math.max(side * (1 - zoom), at));
  return { zoom, x: within(x, width), y: within(y, height) };
}
