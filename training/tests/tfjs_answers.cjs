// Runs a TensorFlow.js model in what serves it, on WebAssembly: node --require tsx/cjs tfjs_answers.cjs MODELS WIDTH HEIGHT
// with the photo's bytes on stdin; answers with JSON on stdout.
const { readFileSync } = require('node:fs');
const { tfjsSegmenter } = require('../../lib/segmenters/tfjs');

const [models, width, height] = process.argv.slice(2);
const photo = { kind: 'photo', width: Number(width), height: Number(height), rgb: new Uint8Array(readFileSync(0)) };
tfjsSegmenter({ models, runtime: 'wasm', log: () => undefined })
  .segment(photo)
  .then(({ background, skin, dress, presence, turned, features }) => {
    const planes = [background, skin, dress].map((plane) => Array.from(plane));
    const size = [features.width, features.height, features.channels];
    process.stdout.write(JSON.stringify({ planes, presence, turned, size, features: Array.from(features.data) }));
  });
