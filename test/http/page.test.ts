import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { putSamples } from '../../bin/demo-catalogue';
import { createService, type Road } from '../../lib/app';
import { configUnderTest } from '../helpers/config-under-test';
import { type Loopback, listen } from '../helpers/loopback';

// The page in a real Chromium against the real network. DRESSCUT_CHROMIUM names the browser where it lies elsewhere.
const executablePath = [
  process.env.DRESSCUT_CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== '' && existsSync(path));
if (executablePath === undefined) {
  process.stderr.write('\n*** SKIPPED: the page at /: no Chromium here; DRESSCUT_CHROMIUM=/path/to/it names one\n\n');
}

const fixture = (name: string) => join(__dirname, '..', 'fixtures', name);
const DRESS = fixture('dress.jpg');
let local: Loopback;
let browser: Browser;

(executablePath === undefined ? describe.skip : describe)('the page at /', () => {
  beforeAll(async () => {
    local = await listen(createService(configUnderTest(), { keys: 'off', maxAnswerBytes: null }));
    // In a container there is neither the sandbox nor much shared memory.
    const args = ['--no-sandbox', '--disable-dev-shm-usage'];
    browser = await chromium.launch({ args, ...(executablePath && { executablePath }) });
  });
  afterAll(async () => {
    await browser?.close();
    await local?.close();
  });

  /** A page opened, used and closed; it must not have reported an error that nobody asked for. */
  async function visit(
    use: (page: Page) => Promise<void>,
    options: BrowserContextOptions = {},
    { url } = local,
  ): Promise<void> {
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(String(error)));
      page.on('console', (message) => {
        const refused = /Failed to load resource: the server responded with a status of 4/.test(message.text());
        if (message.type() === 'error' && !refused) faults.push(message.text());
      });
      await page.goto(url);
      await use(page);
      expect(faults).toEqual([]);
    } finally {
      await context.close();
    }
  }

  /** Waits for the cut-out that follows `act`, and gives the address of its picture. */
  async function cutAfter(page: Page, act: () => Promise<unknown>): Promise<string> {
    const before = await page.locator('#after').getAttribute('src');
    await act();
    await page.locator(`#stage:not(.busy) #after:not([src="${before}"])`).waitFor();
    return (await page.locator('#after').getAttribute('src')) ?? '';
  }

  async function download(page: Page): Promise<{ name: string; bytes: Buffer }> {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download' }).click(),
    ]);
    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
  }

  test('a cut-out that somebody should look at says why', () =>
    visit(async (page) => {
      const lying = await sharp(DRESS).rotate(90).jpeg().toBuffer();
      await cutAfter(page, () =>
        page.setInputFiles('#file', { name: 'lying.jpg', mimeType: 'image/jpeg', buffer: lying }),
      );
      const said = await page.locator('#verdict').textContent();
      expect(said).toMatch(/^Have a look before you use it: .*the photo seems to lie on its side/);
    }));

  test('a photo is chosen, compared, put on another background and downloaded', () =>
    visit(async (page) => {
      await cutAfter(page, () => page.setInputFiles('#file', DRESS));
      expect(await page.locator('#verdict').textContent()).toMatch(/^(Looks good|Have a look)/);
      expect(await page.locator('#findings').textContent()).toMatch(/A dress is worn\d+\.\d %.*Box\d+ × \d+/);

      const plain = await download(page);
      expect(plain.name).toBe('dress-dress.png');
      const { format, hasAlpha, width, height } = await sharp(plain.bytes).metadata();
      const photo = await sharp(DRESS).metadata();
      expect({ format, hasAlpha, width, height }).toEqual({
        format: 'png',
        hasAlpha: true,
        width: photo.width,
        height: photo.height,
      });

      const edge = () => page.evaluate("document.getElementById('stage').style.getPropertyValue('--at')");
      await page.locator('#slider').fill('20');
      expect(await edge()).toBe('20%');

      await cutAfter(page, () => page.getByLabel('White', { exact: true }).check());
      const white = await download(page);
      const corner = await sharp(white.bytes).extract({ left: 0, top: 0, width: 1, height: 1 }).raw().toBuffer();
      expect([...corner.subarray(0, 3)]).toEqual([255, 255, 255]);

      await cutAfter(page, () => page.getByLabel('Crop to the dress').check());
      const cropped = await sharp((await download(page)).bytes).metadata();
      expect(cropped.width).toBeLessThan(width as number);
      expect(await page.locator('#slider').isHidden()).toBe(true);
    }));

  test('says what the dress looks like, unless that is switched off', () =>
    visit(async (page) => {
      await cutAfter(page, () => page.setInputFiles('#file', DRESS));
      expect(await page.locator('#traits span').allTextContents()).toEqual(['blue 100\u00a0%', 'plain', 'knee']);
      expect(await page.evaluate("document.querySelector('#traits i').style.background")).toMatch(/^rgb/);
      // No catalogue, no likes.
      expect(await page.locator('#similar').isHidden()).toBe(true);
      await cutAfter(page, () => page.getByLabel('Say what it looks like').uncheck());
      expect(await page.locator('#traits').textContent()).toBe('');
      expect(await page.locator('#curl').textContent()).not.toContain('describe');
    }));

  test('finds the likes of the dress in a catalogue, on a phone, too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dresscut-page-'));
    const config = { ...configUnderTest(), catalogue: join(folder, 'shop.db') };
    const service = createService(config, { keys: 'off', maxAnswerBytes: null });
    const shop = await listen(service);
    try {
      await putSamples(shop.url, () => undefined);
      await visit(
        async (page) => {
          await cutAfter(page, () => page.setInputFiles('#file', join(__dirname, '../../samples/shop.jpg')));
          await page.getByRole('button', { name: 'Find similar dresses' }).click();
          await page.locator('#matches li').nth(5).waitFor();
          expect(await page.locator('#matches b').first().textContent()).toBe('1.00');
          expect(await page.locator('#matches li').first().textContent()).toContain('plain wine');
          const shown = "[...document.querySelectorAll('#matches img')].every((img) => img.naturalWidth > 0)";
          await page.waitForFunction(shown);
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
          // Another photo: what was found for the one before is gone.
          await cutAfter(page, () => page.setInputFiles('#file', DRESS));
          expect(await page.locator('#matches li').count()).toBe(0);
        },
        { viewport: { width: 360, height: 800 } },
        shop,
      );
    } finally {
      await shop.close();
      await rm(folder, { recursive: true });
    }
  });

  test('JPEG and transparency exclude each other, and the one chosen last stands', () =>
    visit(async (page) => {
      await page.getByLabel('JPEG').check();
      expect(await page.getByLabel('White', { exact: true }).isChecked()).toBe(true);
      await page.getByLabel('None', { exact: true }).check();
      expect(await page.getByLabel('PNG').isChecked()).toBe(true);
      await page.getByLabel('Mask').check();
      expect(await page.getByLabel('White', { exact: true }).isDisabled()).toBe(true);
    }));

  test('the copied curl is the call that was made', () =>
    visit(
      async (page) => {
        await cutAfter(page, () => page.setInputFiles('#file', DRESS));
        await cutAfter(page, () => page.getByLabel('Crop to the dress').check());
        await page.getByRole('button', { name: 'Copy' }).click();
        await page.getByRole('button', { name: 'Copied' }).waitFor();
        expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
          "curl -sS --fail-with-body -D - -H 'Accept: image/png' --data-binary @'dress.jpg' " +
            `'${local.url}/v1/cutouts?crop=true&describe=true' -o dress.png`,
        );
      },
      { permissions: ['clipboard-read', 'clipboard-write'] },
    ));

  test('a file that is no photo and a photo without a dress are refused in words', () =>
    visit(async (page) => {
      await page.setInputFiles('#file', { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('hello') });
      const message = page.getByRole('alert');
      await message.waitFor();
      expect(await message.textContent()).toContain('Not an image that we read');
      expect(await page.locator('#result').isHidden()).toBe(true);

      await page.setInputFiles('#file', fixture('no-dress.jpg'));
      await page.getByText('No dress found').waitFor();
      await page.getByRole('button', { name: 'Cut it all the same' }).click();
      await page.locator('#stage:not(.busy)').waitFor();
      expect(await page.getByLabel('A dress is worn for certain').isChecked()).toBe(true);
      expect(await page.locator('#curl').textContent()).toContain('expect=dress');
    }));

  /** Drags the mouse over the stage, from one place to another, each a share of its width and height. */
  async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
    const box = await page.locator('#paint').boundingBox();
    if (box === null) throw new Error('nothing to draw on');
    const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
    await page.mouse.move(...at(from));
    await page.mouse.down();
    await page.mouse.move(...at(to), { steps: 4 });
    await page.mouse.up();
  }

  /** Opaque pixels of what can be downloaded. */
  async function opaque(page: Page): Promise<number> {
    const alpha = await sharp((await download(page)).bytes)
      .extractChannel(3)
      .raw()
      .toBuffer();
    return alpha.reduce((sum, value) => sum + (value > 127 ? 1 : 0), 0);
  }

  test('the brush takes away and adds, by mouse; strokes are undone, redone and shown as curl', () =>
    visit(async (page) => {
      await cutAfter(page, () => page.setInputFiles('#file', DRESS));
      const whole = await opaque(page);
      await cutAfter(page, () => page.getByRole('button', { name: 'Correct the cut' }).click());
      await page.locator('label', { hasText: 'Take away' }).click();
      await cutAfter(page, () => drag(page, [0.4, 0.55], [0.55, 0.6]));
      const curl = (await page.locator('#curl').textContent()) ?? '';
      expect(curl).toMatch(/--form-string 'strokes=\[\{"kind":"drop","points":\[\[\d+,\d+\],/);
      await cutAfter(page, () => page.getByRole('button', { name: 'Undo' }).click());
      expect(await page.locator('#curl').textContent()).not.toContain('strokes');
      await cutAfter(page, () => page.getByRole('button', { name: 'Redo' }).click());
      expect(await page.locator('#curl').textContent()).toBe(curl);
      await cutAfter(page, () => page.getByRole('button', { name: 'Done correcting' }).click());
      expect(await opaque(page)).toBeLessThan(0.98 * whole);
    }));

  test('the brush works with the keyboard alone', () =>
    visit(async (page) => {
      await cutAfter(page, () => page.setInputFiles('#file', DRESS));
      await cutAfter(page, () => page.getByRole('button', { name: 'Correct the cut' }).press('Enter'));
      await page.locator('#paint').focus();
      await page.keyboard.press('d');
      await page.keyboard.press('ArrowRight');
      await cutAfter(page, () => page.keyboard.press('Space'));
      expect(await page.locator('#curl').textContent()).toContain('"kind":"drop"');
      await cutAfter(page, () => page.keyboard.press('Control+z'));
      expect(await page.locator('#curl').textContent()).not.toContain('strokes');
    }));

  test('several photos stand in a list, and come as one ZIP', () =>
    visit(async (page) => {
      await page.setInputFiles('#file', [DRESS, fixture('no-dress.jpg'), DRESS]);
      expect(await page.locator('#list button').count()).toBe(3);
      const archive = page.getByRole('button', { name: 'Download 2 as ZIP' });
      await archive.waitFor();
      await page.locator('#all:not([disabled])').waitFor();
      const [file] = await Promise.all([page.waitForEvent('download'), archive.click()]);
      const files = unzipSync(readFileSync(await file.path()));
      expect(Object.keys(files)).toEqual(['dress-dress.png', 'dress-dress-2.png']);
      const { width } = await sharp(files['dress-dress.png']).metadata();
      expect(width).toBe((await sharp(DRESS).metadata()).width);
      await page.locator('#list button').nth(1).click();
      await page.getByText('No dress found').waitFor();
    }));

  test('a sample is cut by a click', () =>
    visit(async (page) => {
      await cutAfter(page, () => page.getByRole('button', { name: 'A dress lying flat' }).click());
      expect(await page.locator('#curl').textContent()).toContain("@'sample-flat.jpg'");
    }));

  test('the brush draws and zooms by touch at 360 pixels', () =>
    visit(
      async (page) => {
        await cutAfter(page, () => page.setInputFiles('#file', DRESS));
        await cutAfter(page, () => page.getByRole('button', { name: 'Correct the cut' }).tap());
        await page.locator('label', { hasText: 'Take away' }).tap();
        const touch = await page.context().newCDPSession(page);
        const box = await page.locator('#paint').boundingBox();
        if (box === null) throw new Error('nothing to draw on');
        const at = (x: number, y: number) => ({ x: box.x + x * box.width, y: box.y + y * box.height });
        const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: { x: number; y: number }[]) =>
          touch.send('Input.dispatchTouchEvent', { type, touchPoints });
        await send('touchStart', at(0.45, 0.4), at(0.55, 0.4));
        await send('touchMove', at(0.3, 0.4), at(0.7, 0.4));
        await send('touchEnd');
        expect(await page.evaluate("document.getElementById('frame').style.transform")).toMatch(/scale\([2-6]/);
        expect(await page.locator('#curl').textContent()).not.toContain('strokes');
        await cutAfter(page, async () => {
          await send('touchStart', at(0.5, 0.5));
          await send('touchMove', at(0.6, 0.55));
          await send('touchEnd');
        });
        expect(await page.locator('#curl').textContent()).toContain('"kind":"drop"');
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      },
      { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
    ));

  test('a call can be cancelled', () =>
    visit(async (page) => {
      await page.route('**/v1/cutouts?*', () => undefined);
      await page.setInputFiles('#file', DRESS);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByText('Cancelled.').waitFor();
      expect(await page.getByRole('button', { name: 'Cancel' }).isHidden()).toBe(true);
    }));

  test.each(['drop', 'paste'])('a photo comes in by %s', (road) =>
    visit(async (page) => {
      const deliver = `
        const bytes = Uint8Array.from(atob('${readFileSync(DRESS).toString('base64')}'), (letter) => letter.charCodeAt(0));
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([bytes], 'brought.jpg', { type: 'image/jpeg' }));
        document.body.dispatchEvent(
          '${road}' === 'drop'
            ? new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true })
            : new ClipboardEvent('paste', { clipboardData: dataTransfer, bubbles: true }),
        );`;
      await cutAfter(page, () => page.evaluate(deliver));
      expect(await page.locator('#curl').textContent()).toContain("@'brought.jpg'");
    }),
  );

  test('the keyboard alone reaches and works everything', () =>
    visit(async (page) => {
      const focused = () => page.evaluate('document.activeElement.id || document.activeElement.name');
      await page.keyboard.press('Tab');
      const chooser = page.waitForEvent('filechooser');
      // The browser learns on this round trip that somebody waits for its dialogue.
      expect(await focused()).toBe('file');
      await page.keyboard.press('Enter');
      await cutAfter(page, async () => (await chooser).setFiles(DRESS));

      await page.keyboard.press('Tab');
      expect(await focused()).toBe('slider');
      await page.keyboard.press('ArrowRight');
      expect(await page.locator('#slider').inputValue()).toBe('51');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('download');
      const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
      expect(file.suggestedFilename()).toBe('dress-dress.png');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('correct');
      await page.keyboard.press('Tab');
      await cutAfter(page, () => page.keyboard.press('ArrowRight'));
      expect(await page.getByLabel('Mask').isChecked()).toBe(true);
      await cutAfter(page, () => page.keyboard.press('ArrowLeft'));
      for (const name of ['background', 'format', 'crop']) {
        await page.keyboard.press('Tab');
        expect(await focused()).toBe(name);
      }
      await cutAfter(page, () => page.keyboard.press('Space'));
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('expect');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('describe');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('copy');
    }));

  /** A page of another service than that of the other tests. */
  async function visitWith(road: Road, use: (page: Page) => Promise<void>): Promise<void> {
    const other = await listen(createService(configUnderTest(), road));
    try {
      await visit(use, {}, other);
    } finally {
      await other.close();
    }
  }

  test('where a key is needed, the page asks for it and goes on with it', async () => {
    const keys = [createHash('sha256').update('open sesame').digest('hex')];
    await visitWith({ keys, maxAnswerBytes: null }, async (page) => {
      await page.setInputFiles('#file', DRESS);
      await page.getByText('An API key is needed').waitFor();
      const field = page.getByLabel('API key');
      expect(await field.evaluate((element) => element.matches(':focus'))).toBe(true);
      await field.fill('open sesame');
      await cutAfter(page, () => field.press('Enter'));
      expect(await page.getByRole('alert').isHidden()).toBe(true);
      const curl = await page.locator('#curl').textContent();
      expect(curl).toContain('-H "X-Api-Key: $DRESSCUT_KEY"');
      expect(curl).not.toContain('sesame');
    });
  });

  test('a photo that is too large for a call is reduced and sent again, and the page says so', async () => {
    const large = await sharp(DRESS).resize({ width: 2000 }).jpeg({ quality: 98 }).toBuffer();
    await visitWith({ keys: 'off', maxAnswerBytes: 1_400_000 }, async (page) => {
      expect(large.length).toBeGreaterThan(1_050_000);
      const files = { name: 'large.jpg', mimeType: 'image/jpeg', buffer: large };
      await cutAfter(page, () => page.setInputFiles('#file', files));
      expect(await page.locator('#state').textContent()).toContain(
        'too large to be sent and was reduced to 2400 pixels',
      );
      const { width, height } = await sharp((await download(page)).bytes).metadata();
      expect({ width, height }).toEqual({ width: 1600, height: 2400 });
    });
  });

  test.each(['light', 'dark'] as const)('%s at 360 pixels: a camera, nothing to scroll sideways', (colorScheme) =>
    visit(
      async (page) => {
        const wide = () => page.evaluate('document.documentElement.scrollWidth');
        expect(await wide()).toBe(360);
        await page.getByText('Take a photo').waitFor();
        expect(await page.locator('#camera').getAttribute('capture')).toBe('environment');
        await cutAfter(page, () => page.setInputFiles('#camera', DRESS));
        expect(await wide()).toBe(360);
        await cutAfter(page, () => page.getByLabel('Crop to the dress').check());
        expect(await wide()).toBe(360);
        const paper = 'Math.max(...getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g))';
        const brightness = await page.evaluate(paper);
        if (colorScheme === 'dark') expect(brightness).toBeLessThan(40);
        else expect(brightness).toBe(255);
      },
      { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, colorScheme },
    ),
  );
});
