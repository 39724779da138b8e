import { createHash } from 'node:crypto';
import { pageScript } from './page-script';
import { pageStyle } from './page-style';

const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing runs on the page but its own script and style, and they reach nobody but this service. */
export const pagePolicy = [
  "default-src 'none'",
  `script-src ${sha256(pageScript)}`,
  // The slider sets one property of an element's style, which scripts may do.
  `style-src ${sha256(pageStyle)}`,
  'img-src blob: data:',
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const dress = 'M8 2l2 3h4l2-3 2 1-2 6c0 2 1 3 1 4l3 9H4l3-9c0-1 1-2 1-4L6 3z';
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#c2185b" d="${dress}"/></svg>`;

/** One choice out of a few, all in sight: radio buttons that look like one bar. */
function choice(name: string, legend: string, entries: readonly (readonly [value: string, label: string])[]): string {
  const labels = entries.map(([value, label], index) => {
    const checked = index === 0 ? ' checked' : '';
    return `<label><input type="radio" name="${name}" value="${value}"${checked}><span>${label}</span></label>`;
  });
  return `<fieldset id="${name}"><legend>${legend}</legend><div class="bar">${labels.join('')}</div></fieldset>`;
}

const output = choice('output', 'Output', [
  ['cutout', 'Cut-out'],
  ['mask', 'Mask'],
  ['overlay', 'Overlay'],
]);
const background = choice('background', 'Background', [
  ['transparent', '<i class="swatch clear"></i>None'],
  ['white', '<i class="swatch white"></i>White'],
  ['black', '<i class="swatch black"></i>Black'],
  ['own', '<i class="swatch own"></i>Colour'],
]);
const format = choice('format', 'Format', [
  ['png', 'PNG'],
  ['webp', 'WebP'],
  ['jpeg', 'JPEG'],
]);

/** The page for people who want to see before they call. */
export const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>dresscut</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<style>${pageStyle}</style>
</head>
<body>
<header>
  <svg viewBox="0 0 24 24" aria-hidden="true"><path d="${dress}"/></svg>
  <h1>dresscut</h1>
  <p>A photo in, the dress cut out of it. The photo is not stored.</p>
</header>
<main>
<section id="view" aria-label="Photo and cut-out">
  <div id="drop">
    <div class="pick">
      <label class="button main"><input id="file" type="file" accept="image/*,.heic,.heif">Choose a photo</label>
      <label id="take" class="button" hidden><input id="camera" type="file" accept="image/*" capture="environment">Take a photo</label>
    </div>
    <p>or drop one here, or paste it</p>
  </div>
  <div id="message" role="alert" hidden><strong id="title"></strong><div id="detail"></div>
    <button id="again" type="button" hidden>Cut it all the same</button></div>
  <div id="stage" hidden>
    <img id="before" alt="The photo"><img id="after" alt="The dress, cut out" hidden>
    <span class="chip left" aria-hidden="true">Photo</span><span class="chip right" id="kind" aria-hidden="true">Cut-out</span>
    <input id="slider" type="range" min="0" max="100" value="50" aria-label="How much of the photo covers the cut-out, in per cent" hidden>
  </div>
  <p id="state" role="status"></p>
</section>
<div id="side">
  <form id="options" aria-label="Options">
    ${output}
    ${background}
    <label id="own" class="line" hidden>Background colour <input name="colour" type="color" value="#f4c2c2"></label>
    ${format}
    <label class="line"><input name="crop" type="checkbox"> Crop to the dress</label>
    <label class="line"><input name="expect" type="checkbox"> A dress is worn for certain</label>
    <label id="keys" hidden>API key <input id="key" type="password" autocomplete="off"></label>
  </form>
  <div id="result" hidden>
    <a id="download" class="button main" href="#">Download</a>
    <p id="verdict"></p>
    <dl id="findings"></dl>
  </div>
</div>
<section id="call" aria-labelledby="same">
  <h2 id="same">The same call</h2><button id="copy" type="button">Copy</button>
  <pre id="curl" tabindex="0" aria-label="The same call with curl"></pre>
</section>
</main>
<footer><a href="/v1/openapi.json">OpenAPI</a><a href="/v1/model">The network</a><a href="/v1/problems">Problems</a></footer>
<script>${pageScript}</script>
</body>
</html>
`;
