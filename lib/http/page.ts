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

/** The page for people who want to see before they call. */
export const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>dresscut</title>
<link rel="icon" href="data:,">
<style>${pageStyle}</style>
</head>
<body>
<h1>dresscut</h1>
<p>A photo in, the dress cut out of it. The photo is not stored.</p>
<main>
<div id="drop">
  <div class="pick">
    <label>Choose a photo <input id="file" type="file" accept="image/*,.heic,.heif"></label>
    <label>Take a photo <input id="camera" type="file" accept="image/*" capture="environment"></label>
  </div>
  <p>or drop one here, or paste it</p>
</div>
<form id="options">
  <label>Output <select name="output">
    <option value="cutout">Cut-out</option><option value="mask">Mask</option><option value="overlay">Overlay</option>
  </select></label>
  <label>Background <select name="background">
    <option value="transparent">Transparent</option><option value="white">White</option>
    <option value="black">Black</option><option value="own">A colour...</option>
  </select></label>
  <input name="colour" type="color" value="#fafafa" aria-label="Background colour" hidden>
  <label>Format <select name="format">
    <option value="png">PNG</option><option value="webp">WebP</option><option value="jpeg">JPEG</option>
  </select></label>
  <label class="tick"><input name="crop" type="checkbox"> Crop to the dress</label>
  <label class="tick"><input name="expect" type="checkbox"> A dress is worn for certain</label>
  <label id="keys" hidden>API key <input id="key" type="password" autocomplete="off"></label>
</form>
<div id="message" role="alert" hidden><strong id="title"></strong><div id="detail"></div>
  <button id="again" type="button" hidden>Cut it all the same</button></div>
<section id="work" hidden aria-label="Photo and cut-out">
  <div id="stage"><img id="before" alt="The photo"><img id="after" alt="The dress, cut out" hidden></div>
  <input id="slider" type="range" min="0" max="100" value="50" aria-label="Photo to the left, cut-out to the right" hidden>
  <p id="state" role="status"></p>
  <div id="result" hidden>
    <a id="download" class="button" href="#">Download</a>
    <dl id="findings"></dl>
  </div>
</section>
<h2>The same call</h2>
<pre id="curl" tabindex="0"></pre>
<button id="copy" type="button">Copy</button>
<p><a href="/v1/openapi.json">OpenAPI</a> · <a href="/v1/model">model</a> · <a href="/v1/problems">problems</a></p>
</main>
<script>${pageScript}</script>
</body>
</html>
`;
