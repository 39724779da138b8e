// Runs in the page: what is shown, pictures enlarged, and what somebody makes of each photo.

/** @typedef {'accepted' | 'rejected' | 'cutAnyway'} Mark */

/** What each mark is called on its button, which key sets it, and which photos take it. */
const MARKS = /** @type {const} */ ({
  accepted: { label: 'Accept', key: 'a', kinds: ['ok', 'review'] },
  rejected: { label: 'Reject', key: 'r', kinds: ['ok', 'review'] },
  cutAnyway: { label: 'Cut anyway', key: 'c', kinds: ['no_dress'] },
});
const NAMES = /** @type {Mark[]} */ (Object.keys(MARKS));

/** @template {HTMLElement} T @param {string} selector @param {new () => T} kind @param {ParentNode} [within] */
const the = (selector, kind, within = document) => {
  const found = within.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`The page lacks ${selector}.`);
  return found;
};
const main = the('main', HTMLElement);
const dialog = the('dialog', HTMLDialogElement);
const search = the('[type=search]', HTMLInputElement);
const articles = /** @type {HTMLElement[]} */ ([...main.children]);
const nameOf = (/** @type {HTMLElement} */ article) => article.dataset.name ?? '';
/** @param {EventTarget | null} target */
const articleAt = (target) => (target instanceof Element ? target.closest('article') : null);

/** @type {HTMLElement | null} */
let current = null;

// What is shown

function show() {
  const kind = the('[name=show]:checked', HTMLInputElement).value;
  const words = search.value.trim().toLowerCase();
  for (const article of articles) {
    const wanted = kind === 'all' || article.dataset.kind === kind;
    article.hidden = !wanted || !nameOf(article).toLowerCase().includes(words);
  }
  the('.empty', HTMLElement).hidden = articles.some((article) => !article.hidden);
}

/** @param {1 | -1} step */
function go(step) {
  dialog.close();
  const shown = articles.filter((article) => !article.hidden);
  const next = shown[Math.max(0, (current === null ? -1 : shown.indexOf(current)) + step)];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'start' });
}

/** @param {Element | null | undefined} figure */
function enlarge(figure) {
  if (!figure) return;
  const copy = /** @type {Element} */ (figure.cloneNode(true));
  copy.querySelector('figcaption')?.remove();
  dialog.replaceChildren(copy);
  if (!dialog.open) dialog.showModal();
}

// Marks: kept by the browser where it lets a page from disk keep anything, and saved as a file.

const STORE = `dresscut-report-${main.dataset.report}`;

/** @returns {Record<string, Mark>} */
function recall() {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? '{}');
  } catch {
    return {};
  }
}

function remember() {
  const marks = articles.flatMap((article) => (article.dataset.mark ? [[nameOf(article), article.dataset.mark]] : []));
  try {
    localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(marks)));
  } catch {
    // They last as long as the page is open.
  }
}

/** @param {HTMLElement} article @param {Mark} name */
const takes = (article, name) => MARKS[name].kinds.some((kind) => kind === article.dataset.kind);

/** Set a mark, or take it away where it is set already. @param {HTMLElement | null} article @param {Mark} name */
function mark(article, name) {
  if (article === null || !takes(article, name)) return;
  if (article.dataset.mark === name) delete article.dataset.mark;
  else article.dataset.mark = name;
  remember();
  drawMarks();
}

function marked() {
  const named = (/** @type {Mark} */ name) =>
    articles.filter((article) => article.dataset.mark === name).map((article) => nameOf(article));
  return { accepted: named('accepted'), rejected: named('rejected'), cutAnyway: named('cutAnyway') };
}

function drawMarks() {
  for (const button of main.querySelectorAll('button')) {
    const set = button.dataset.mark === articleAt(button)?.dataset.mark;
    button.setAttribute('aria-pressed', String(set));
  }
  const { accepted, rejected, cutAnyway } = marked();
  const open = articles.filter(({ dataset }) => !dataset.mark && dataset.kind !== 'failed').length;
  const told = [`${accepted.length} accepted`, `${rejected.length} rejected`, `${cutAnyway.length} to cut anyway`];
  the('#count', HTMLElement).textContent = `${told.join(', ')}, ${open} without a mark`;
  const none = accepted.length + rejected.length + cutAnyway.length === 0;
  the('#save', HTMLButtonElement).disabled = none;
  the('#clear', HTMLButtonElement).disabled = none;
  the('#anyway', HTMLElement).hidden = cutAnyway.length === 0;
}

function save() {
  const text = `${JSON.stringify({ dresscut: 'marks', version: 1, ...marked() }, null, 2)}\n`;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = 'marks.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function clear() {
  for (const article of articles) delete article.dataset.mark;
  remember();
  drawMarks();
}

// What a person does

addEventListener('click', ({ target }) => {
  if (dialog.open) dialog.close();
  else if (target instanceof HTMLButtonElement && target.dataset.mark) {
    mark(articleAt(target), /** @type {Mark} */ (target.dataset.mark));
  } else if (target instanceof Element && target.matches('figure img')) {
    articleAt(target)?.focus({ preventScroll: true });
    enlarge(target.closest('figure'));
  }
});
addEventListener('change', show);
search.addEventListener('input', show);
the('#save', HTMLButtonElement).addEventListener('click', save);
the('#clear', HTMLButtonElement).addEventListener('click', clear);
addEventListener('focusin', ({ target }) => {
  current = articleAt(target) ?? current;
});
addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target === search) return;
  const { key } = event;
  if (/^[123]$/.test(key)) enlarge(current?.querySelectorAll('figure')[Number(key) - 1]);
  if (key === 'Enter' && current !== null && current === document.activeElement) {
    current.querySelector('a')?.click();
  }
  if (key === 'j' || key === 'k') go(key === 'j' ? 1 : -1);
  if (key === '/') {
    event.preventDefault();
    search.focus();
  }
  const name = NAMES.find((each) => MARKS[each].key === key);
  if (name) mark(current, name);
});

const remembered = recall();
for (const article of articles) {
  const before = remembered[nameOf(article)];
  if (before && takes(article, before)) article.dataset.mark = before;
  const wanted = NAMES.filter((name) => takes(article, name));
  if (wanted.length === 0) continue;
  const group = document.createElement('div');
  group.className = 'marks';
  for (const name of wanted) {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.mark = name;
    button.textContent = MARKS[name].label;
    group.append(button);
  }
  article.append(group);
}
show();
drawMarks();
