// The brush: strokes of one photo, drawn with mouse, pen, fingers or keys on a canvas over the stage.
import { element } from './dom.mjs';
import { FITTED, moved, zoomed } from './view.mjs';

/** @typedef {{ kind: 'keep' | 'drop', points: [number, number][], radius: number }} Stroke */

const canvas = element('paint', HTMLCanvasElement);
const frame = element('frame', HTMLElement);
const before = element('before', HTMLImageElement);
const tip = element('tip', HTMLInputElement);
const KINDS = /** @type {const} */ (['keep', 'drop']);
const COLOURS = { keep: '#1fa35c', drop: '#e0382c' };
/** Of a step with an arrow key, as a share of the tip. */
const STEP = 0.5;

/** @type {Stroke[]} */
let strokes = [];
/** @type {(strokes: Stroke[]) => void} */
let changed = () => undefined;
/** @type {Stroke | null} */
let drawing = null;
/** @type {Map<number, { x: number, y: number }>} */
const pointers = new Map();
let panning = false;
let view = FITTED;
/** Where the keyboard's cursor is, in CSS pixels of the stage; `null` while nobody uses it. */
/** @type {{ x: number, y: number } | null} */
let cursor = null;

/** @returns {'keep' | 'drop'} */
const kind = () => (element('drop-brush', HTMLInputElement).checked ? 'drop' : 'keep');
const stage = () => ({ width: canvas.clientWidth, height: canvas.clientHeight });
/** CSS pixels of the stage in one pixel of the photo. */
const scale = () => (canvas.clientWidth / before.naturalWidth) * view.zoom;

/**
 * Begin to correct a photo.
 *
 * @param {Stroke[]} drawn what was drawn on it before
 * @param {(strokes: Stroke[]) => void} whenChanged called after each stroke, with a new list
 */
export function startBrush(drawn, whenChanged) {
  strokes = drawn;
  changed = whenChanged;
  look(FITTED);
}

/** @param {Stroke[]} drawn after undo, redo and the like */
export function setStrokes(drawn) {
  strokes = drawn;
  draw();
}

export function stopBrush() {
  drawing = null;
  pointers.clear();
  cursor = null;
  look(FITTED);
}

/** @param {number} factor */
export function zoom(factor) {
  const { width, height } = stage();
  look(factor === 0 ? FITTED : zoomed(view, factor, cursor ?? { x: width / 2, y: height / 2 }, stage()));
}

/** @param {import('./view.mjs').View} next */
function look(next) {
  view = next;
  frame.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.zoom})`;
  draw();
}

function draw() {
  const { width, height } = stage();
  const dense = devicePixelRatio;
  canvas.width = Math.round(width * dense);
  canvas.height = Math.round(height * dense);
  const context = canvas.getContext('2d');
  if (context === null || before.naturalWidth === 0) return;
  const s = scale() * dense;
  context.setTransform(s, 0, 0, s, view.x * dense, view.y * dense);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const stroke of drawing === null ? strokes : [...strokes, drawing]) {
    context.strokeStyle = `${COLOURS[stroke.kind]}99`;
    context.lineWidth = 2 * stroke.radius;
    context.beginPath();
    const [[x, y] = [0, 0]] = stroke.points;
    context.moveTo(x, y);
    // A line of no length still has its round ends.
    for (const [u, v] of stroke.points) context.lineTo(u, v);
    context.lineTo(
      x === stroke.points.at(-1)?.[0] ? x + 0.01 : (stroke.points.at(-1)?.[0] ?? x),
      stroke.points.at(-1)?.[1] ?? y,
    );
    context.stroke();
  }
  if (cursor === null) return;
  context.setTransform(dense, 0, 0, dense, 0, 0);
  context.lineWidth = 2;
  context.strokeStyle = COLOURS[kind()];
  context.beginPath();
  context.arc(cursor.x, cursor.y, Number(tip.value), 0, 2 * Math.PI);
  context.stroke();
}

/** @param {{ x: number, y: number }} point @returns {[number, number]} whole pixels of the photo */
function toPhoto({ x, y }) {
  return [Math.round((x - view.x) / scale()), Math.round((y - view.y) / scale())];
}

/** @param {PointerEvent | WheelEvent} event */
function place(event) {
  const box = canvas.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/** @param {{ x: number, y: number }} point @returns {Stroke} */
const strokeAt = (point) => ({
  kind: kind(),
  points: [toPhoto(point)],
  radius: Math.max(0.5, Math.round((10 * Number(tip.value)) / scale()) / 10),
});

function finish() {
  if (drawing === null) return;
  strokes = [...strokes, drawing];
  drawing = null;
  draw();
  changed(strokes);
}

canvas.addEventListener('pointerdown', (event) => {
  event.preventDefault();
  canvas.focus({ preventScroll: true });
  canvas.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, place(event));
  cursor = null;
  panning = event.button === 1 || panning;
  // A second finger means to zoom: what the first has begun to draw is no stroke.
  drawing = pointers.size > 1 || panning ? null : strokeAt(place(event));
  draw();
});
canvas.addEventListener('pointermove', (event) => {
  const last = pointers.get(event.pointerId);
  if (last === undefined) return;
  const now = place(event);
  const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
  pointers.set(event.pointerId, now);
  if (other !== undefined) {
    const apart = (/** @type {{ x: number, y: number }} */ p) => Math.hypot(p.x - other.x, p.y - other.y);
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    const nearer = zoomed(view, apart(now) / Math.max(1, apart(last)), middle, stage());
    look(moved(nearer, (now.x - last.x) / 2, (now.y - last.y) / 2, stage()));
  } else if (panning) {
    look(moved(view, now.x - last.x, now.y - last.y, stage()));
  } else if (drawing !== null) {
    const [x, y] = toPhoto(now);
    const [u, v] = drawing.points.at(-1) ?? [x, y];
    // Points closer than a fifth of the tip say nothing new.
    if (Math.hypot(x - u, y - v) < drawing.radius / 5) return;
    drawing.points.push([x, y]);
    draw();
  }
});
for (const type of /** @type {const} */ (['pointerup', 'pointercancel'])) {
  canvas.addEventListener(type, (event) => {
    pointers.delete(event.pointerId);
    if (type === 'pointercancel') drawing = null;
    if (pointers.size === 0) {
      panning = false;
      finish();
    }
  });
}
canvas.addEventListener(
  'wheel',
  (event) => {
    event.preventDefault();
    look(zoomed(view, 1.0015 ** -event.deltaY, place(event), stage()));
  },
  { passive: false },
);

const ARROWS = new Map([
  ['ArrowLeft', [-1, 0]],
  ['ArrowRight', [1, 0]],
  ['ArrowUp', [0, -1]],
  ['ArrowDown', [0, 1]],
]);
canvas.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { width, height } = stage();
  const arrow = ARROWS.get(event.key);
  if (arrow !== undefined) {
    const step = event.shiftKey ? 1 : Math.max(1, STEP * Number(tip.value));
    const from = cursor ?? { x: width / 2, y: height / 2 };
    const [dx = 0, dy = 0] = arrow;
    cursor = {
      x: Math.min(width - 1, Math.max(0, from.x + dx * step)),
      y: Math.min(height - 1, Math.max(0, from.y + dy * step)),
    };
    draw();
  } else if ((event.key === ' ' || event.key === 'Enter') && cursor !== null) {
    drawing = strokeAt(cursor);
    finish();
  } else if (event.key === '+' || event.key === '-') zoom(event.key === '+' ? 1.5 : 1 / 1.5);
  else if (event.key === '0') zoom(0);
  else return;
  event.preventDefault();
});
document.addEventListener('keydown', ({ key, target, ctrlKey, metaKey, altKey }) => {
  if (canvas.hidden || ctrlKey || metaKey || altKey) return;
  if (target instanceof HTMLInputElement && /text|password|color/.test(target.type)) return;
  const letter = key.toLowerCase();
  const chosen = KINDS.find((word) => word.startsWith(letter));
  if (chosen !== undefined) element(`${chosen}-brush`, HTMLInputElement).checked = true;
  if (letter === '[' || letter === ']') tip.value = String(Number(tip.value) + (letter === ']' ? 4 : -4));
  draw();
});
new ResizeObserver(() => {
  if (!canvas.hidden) look(FITTED);
}).observe(canvas);
