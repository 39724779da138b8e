import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { frame } from '../../bin/report/page';
import { DEFAULTS } from '../../lib/options';

// The report in a real Chromium, opened from disk as a person does it.
const executablePath = [
  process.env.DRESSCUT_CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== '' && existsSync(path));
if (executablePath === undefined) {
  process.stderr.write('\n*** SKIPPED: the report: no Chromium here; DRESSCUT_CHROMIUM=/path/to/it names one\n\n');
}

const PIXEL = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='40' height='40'/%3E";
const row = (name: string, kind: string) =>
  `<article data-kind="${kind}" data-name="${name}" tabindex="-1"><h2>${name}</h2><span class="kind">${kind}</span>
<figure class="cutout"><img src="${PIXEL}" width="40" height="40" alt=""><figcaption>Cut-out</figcaption></figure></article>`;

(executablePath === undefined ? describe.skip : describe)('the report in a browser', () => {
  let here: string;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    here = await mkdtemp(join(tmpdir(), 'dresscut-report-'));
    const names = ['a/ok.jpg', 'b/review.jpg', 'b/none.jpg'];
    const tally = { cut: 2, review: 1, noDress: 1, failed: 0, skipped: 0, presence: 0.2 };
    const options = { ...DEFAULTS, background: { r: 1, g: 2, b: 3 } };
    const { beginning, ending } = frame(tally, options, { name: 'net', version: '1' }, names);
    const rows = [row('a/ok.jpg', 'ok'), row('b/review.jpg', 'review'), row('b/none.jpg', 'no_dress')];
    await writeFile(join(here, 'report.html'), `${beginning}${rows.join('\n')}${ending}`);
    browser = await chromium.launch({
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
      ...(executablePath && { executablePath }),
    });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(here, { recursive: true, force: true });
  });
  const faults: string[] = [];
  beforeEach(async () => {
    page = await browser.newPage();
    page.setDefaultTimeout(10_000);
    faults.length = 0;
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    await page.goto(pathToFileURL(join(here, 'report.html')).href);
  });
  afterEach(async () => {
    await page.close();
    expect(faults).toEqual([]);
  });

  const shown = () => page.locator('article:visible').evaluateAll((all) => all.map((one) => one.dataset.name));

  test('shows what is asked for by kind and by name', async () => {
    expect(await shown()).toHaveLength(3);
    await page.getByText('to review').click();
    expect(await shown()).toEqual(['b/review.jpg']);
    await page.getByText('all', { exact: false }).first().click();
    await page.getByPlaceholder('Search names').fill('B/');
    expect(await shown()).toEqual(['b/review.jpg', 'b/none.jpg']);
    await page.getByPlaceholder('Search names').fill('nothing is called so');
    expect(await shown()).toEqual([]);
    expect(await page.getByText('No photo is left to show.').isVisible()).toBe(true);
  });

  test('marks with buttons and keys, keeps the marks, and saves them as a file', async () => {
    await page.keyboard.press('j');
    await page.keyboard.press('a');
    await page.keyboard.press('j');
    await page.keyboard.press('r');
    await page.getByRole('button', { name: 'Cut anyway' }).click();
    const count = page.getByRole('status');
    expect(await count.textContent()).toBe('1 accepted, 1 rejected, 1 to cut anyway, 0 without a mark');
    expect(await page.getByText('--marks marks.json').isVisible()).toBe(true);
    // A browser writes what a page keeps in a process of its own, and a busy one may read it for the page once too soon.
    for (let i = 0; i < 5; i++) {
      await page.reload();
      if ((await count.textContent())?.startsWith('1 accepted')) break;
      await page.waitForTimeout(200);
    }
    expect(await count.textContent()).toBe('1 accepted, 1 rejected, 1 to cut anyway, 0 without a mark');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Save marks').click()]);
    expect(download.suggestedFilename()).toBe('marks.json');
    expect(JSON.parse(await readFile(await download.path(), 'utf8'))).toEqual({
      dresscut: 'marks',
      version: 1,
      accepted: ['a/ok.jpg'],
      rejected: ['b/review.jpg'],
      cutAnyway: ['b/none.jpg'],
    });
    await page.getByText('Clear marks').click();
    expect(await count.textContent()).toBe('0 accepted, 0 rejected, 0 to cut anyway, 3 without a mark');
  });

  test('takes a second press of the same key, and a mark that a photo cannot have, for nothing', async () => {
    await page.keyboard.press('j');
    await page.keyboard.press('c');
    await page.keyboard.press('a');
    await page.keyboard.press('a');
    expect(await page.getByRole('status').textContent()).toContain('0 accepted, 0 rejected, 0 to cut anyway');
  });

  test('puts any ground behind the cut-outs, at first the one that was asked for', async () => {
    const ground = () => page.evaluate<string>("getComputedStyle(document.querySelector('.cutout img')).background");
    expect(await ground()).toContain('rgb(1, 2, 3)');
    await page.getByText('white').click();
    expect(await ground()).toContain('rgb(255, 255, 255)');
    await page.getByText('grey').click();
    expect(await ground()).toContain('rgb(128, 128, 128)');
    await page.getByText('squares').click();
    expect(await ground()).toContain('conic-gradient');
  });

  test('enlarges a picture and leaves keys in the search alone', async () => {
    await page.locator('figure img').first().click();
    expect(await page.locator('dialog[open] img').count()).toBe(1);
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog[open]').count()).toBe(0);
    await page.keyboard.press('/');
    await page.keyboard.type('ar1');
    expect(await page.getByRole('status').textContent()).toContain('0 accepted, 0 rejected');
    expect(await page.getByPlaceholder('Search names').inputValue()).toBe('ar1');
  });

  test('fits a phone', async () => {
    await page.setViewportSize({ width: 360, height: 640 });
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(360);
  });
});
