import { Hono } from 'hono';
import { readAsset } from '../../assets';
import { problemsPage } from './problems-page';

/** Nothing runs on the page but its own scripts and styles, and they reach nobody but this service. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // The slider sets one property of an element's style, which scripts may do.
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A page of text runs nothing at all. */
const TEXT_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/** What the pages are made of, by the name that they call it. */
const FILES: Readonly<Record<string, string>> = {
  'icon.svg': 'http/page/icon.svg',
  'palette.css': 'palette.css',
  'traits.css': 'traits.css',
  'page.css': 'http/page/page.css',
  'problems.css': 'http/page/problems.css',
  'page.mjs': 'http/page/page.mjs',
  'call.mjs': 'http/page/call.mjs',
  'stage.mjs': 'http/page/stage.mjs',
  'brush.mjs': 'http/page/brush.mjs',
  'view.mjs': 'http/page/view.mjs',
  'photos.mjs': 'http/page/photos.mjs',
  'words.mjs': 'http/page/words.mjs',
  'zip.mjs': 'http/page/zip.mjs',
  'traits.mjs': 'http/page/traits.mjs',
  'similar.mjs': 'http/page/similar.mjs',
  'sample-street.jpg': 'http/page/samples/street.jpg',
  'sample-shop.jpg': 'http/page/samples/shop.jpg',
  'sample-flat.jpg': 'http/page/samples/flat.jpg',
  'dom.mjs': 'http/page/dom.mjs',
};

const TYPES: Readonly<Record<string, string>> = {
  svg: 'image/svg+xml',
  css: 'text/css; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  jpg: 'image/jpeg',
};

/** The pages for people, read once: the one to try the service on, and the one that explains its problems. */
export function pageRoutes(): Hono {
  const index = readAsset('http/page/index.html').toString();
  const problems = problemsPage(readAsset('http/page/problems.html').toString());
  const app = new Hono()
    .get('/', (c) => c.html(index, 200, { 'content-security-policy': PAGE_POLICY }))
    .get('/v1/problems', (c) => c.html(problems, 200, { 'content-security-policy': TEXT_POLICY }));
  for (const [name, path] of Object.entries(FILES)) {
    const bytes = new Uint8Array(readAsset(path));
    const type = TYPES[name.split('.').at(-1) ?? ''] ?? '';
    app.get(`/page/${name}`, (c) => c.body(bytes, 200, { 'content-type': type }));
  }
  return app;
}
