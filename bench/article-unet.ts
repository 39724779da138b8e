/**
 * The article's UNet with random weights, as ONNX: what it costs does not depend on what it has learned. Five
 * levels of 32 to 512 channels, two 3x3 convolutions each, 7.76 M parameters; `training/model.py` has the same.
 */

type Bytes = Uint8Array[];

/** Channels of the levels, from the photo's own resolution down. */
const LEVELS = [32, 64, 128, 256, 512];
/** Numbers of protobuf fields are those of onnx.proto. */
const FLOAT = 1;
const INTS = 7;

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.from([...bytes, rest]);
}
const whole = (field: number, value: number): Bytes => [varint(field * 8), varint(value)];
const block = (field: number, content: Bytes): Bytes => {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return [varint(field * 8 + 2), varint(length), ...content];
};
const text = (field: number, value: string): Bytes => block(field, [new TextEncoder().encode(value)]);

function node(kind: string, inputs: string[], output: string, attributes: Record<string, number | number[]> = {}) {
  const written = Object.entries(attributes).flatMap(([name, value]) => {
    const body = Array.isArray(value)
      ? [...value.flatMap((one) => whole(8, one)), ...whole(20, INTS)]
      : [...whole(3, value), ...whole(20, 2)];
    return block(5, [...text(1, name), ...body]);
  });
  return block(1, [...inputs.flatMap((name) => text(1, name)), ...text(2, output), ...text(4, kind), ...written]);
}

function port(field: number, name: string, shape: number[]): Bytes {
  const sizes = block(
    2,
    shape.flatMap((size) => block(1, whole(1, size))),
  );
  return block(field, [...text(1, name), ...block(2, block(1, [...whole(1, FLOAT), ...sizes]))]);
}

/**
 * @param side of the square input in pixels, a multiple of 16
 * @returns an ONNX model: `photo` `[1, 3, side, side]`, floats from 0 to 1, to `scores` of the same shape
 */
export function articleUnet(side: number): Uint8Array {
  const nodes: Bytes = [];
  const weights: Bytes = [];
  let parameters = 0;
  let state = 20_231;
  const weight = (name: string, shape: number[], spread: number): string => {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return spread * ((2 * state) / 2_147_483_647 - 1);
    });
    parameters += values.length;
    const dims = shape.flatMap((size) => whole(1, size));
    const raw = block(9, [new Uint8Array(values.buffer)]);
    weights.push(...block(5, [...dims, ...whole(2, FLOAT), ...text(8, name), ...raw]));
    return name;
  };
  const add = (kind: string, inputs: string[], attributes?: Record<string, number | number[]>): string => {
    const output = `${kind}${nodes.length}`;
    nodes.push(...node(kind, inputs, output, attributes));
    return output;
  };
  const conv = (x: string, from: number, to: number, k: number): string => {
    const id = nodes.length;
    // He's bound keeps random activations from vanishing into slow denormal numbers.
    const w = weight(`w${id}`, [to, from, k, k], Math.sqrt(6 / (from * k * k)));
    const pad = (k - 1) / 2;
    return add('Conv', [x, w, weight(`b${id}`, [to], 0.1)], { kernel_shape: [k, k], pads: [pad, pad, pad, pad] });
  };
  const double = (x: string, from: number, to: number): string =>
    add('Relu', [conv(add('Relu', [conv(x, from, to, 3)]), to, to, 3)]);

  const skips: string[] = [];
  let x = 'photo';
  for (const [i, to] of LEVELS.entries()) {
    if (i > 0) x = add('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
    x = double(x, LEVELS[i - 1] ?? 3, to);
    skips.push(x);
  }
  for (let i = LEVELS.length - 2; i >= 0; i--) {
    const [to, from] = [LEVELS[i] as number, LEVELS[i + 1] as number];
    const w = weight(`up${i}`, [from, to, 2, 2], Math.sqrt(6 / from));
    const up = add('ConvTranspose', [x, w, weight(`upb${i}`, [to], 0.1)], { kernel_shape: [2, 2], strides: [2, 2] });
    x = double(add('Concat', [up, skips[i] as string], { axis: 1 }), 2 * to, to);
  }
  const scores = conv(x, LEVELS[0] as number, 3, 1);
  nodes.push(...node('Identity', [scores], 'scores'));
  const shape = [1, 3, side, side];
  const ends = [...port(11, 'photo', shape), ...port(12, 'scores', shape)];
  const graph = [...nodes, ...text(2, `article, ${parameters} parameters`), ...weights, ...ends];
  return Buffer.concat([...whole(1, 8), ...block(8, [...text(1, ''), ...whole(2, 13)]), ...block(7, graph)]);
}
