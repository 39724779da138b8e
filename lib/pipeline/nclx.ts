/** Colours by the numbers of ITU-T H.273, as the `nclx` box of a HEIF or AVIF gives them. */
export interface Nclx {
  readonly primaries: number;
  readonly transfer: number;
}

type Matrix = readonly [number, number, number, number, number, number, number, number, number];

const PQ = 16;
const HLG = 18;
/** To the primaries of sRGB, in linear light: from Rec. 2020 (ITU-R BT.2087), from Display P3 (SMPTE EG 432-1). */
const TO_SRGB: Readonly<Record<number, Matrix>> = {
  9: [1.660491, -0.587641, -0.07285, -0.12455, 1.1329, -0.008349, -0.018151, -0.100579, 1.11873],
  12: [1.22494, -0.22494, 0, -0.042057, 1.042057, 0, -0.019638, -0.078636, 1.098273],
};
const IDENTITY: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** Where white paper lies in HDR, and the brightest that is expected of it, in cd/m2 (ITU-R BT.2408). */
const WHITE = 203;
const PEAK = 1000;
/** What is darker stays as it is, in shares of white; what is brighter shares the rest. */
const KNEE = 0.9;
/** Finer than 8-bit sRGB at its steepest, where 255 * 12.92 steps make up the whole. */
const STEPS = 16_384;

/** Whether these colours differ from sRGB, and can be converted to it. */
export function differsFromSrgb({ primaries, transfer }: Nclx): boolean {
  return TO_SRGB[primaries] !== undefined || isHdr({ primaries, transfer });
}

/** Brighter than white: no ICC profile of such a picture says how to show it on a screen of paper white. */
export function isHdr({ transfer }: Nclx): boolean {
  return transfer === PQ || transfer === HLG;
}

/**
 * RGB by the numbers of H.273 to 8-bit sRGB: to linear light (PQ and HLG by ITU-R BT.2100, tables 4 and 5; all others
 * are taken for sRGB's curve), to sRGB's primaries, what is out of their reach cut off; in HDR what is brighter than
 * `KNEE` pressed below white, by the strongest of the three so that hues stay (Reinhard et al., Photographic tone
 * reproduction for digital images, 2002, equation 4).
 *
 * @param samples interleaved R G B, 0 to `max`
 * @returns as many bytes
 */
export function toSrgb(samples: Uint8Array | Uint16Array, max: number, nclx: Nclx): Uint8Array {
  const linear = Float32Array.from({ length: max + 1 }, (_, i) => toLinear(i / max, nclx.transfer));
  const encoded = Uint8Array.from({ length: STEPS + 1 }, (_, i) => Math.round(255 * encodeSrgb(i / STEPS)));
  const [rr, rg, rb, gr, gg, gb, br, bg, bb] = TO_SRGB[nclx.primaries] ?? IDENTITY;
  const [hdr, hlg] = [isHdr(nclx), nclx.transfer === HLG];
  const out = new Uint8Array(samples.length);
  for (let i = 0; i < samples.length; i += 3) {
    const r = linear[Math.min(max, samples[i]!)]!;
    const g = linear[Math.min(max, samples[i + 1]!)]!;
    const b = linear[Math.min(max, samples[i + 2]!)]!;
    // The scene's light to the screen's (BT.2100, table 5: gamma 1.2 at 1000 cd/m2).
    const light = hlg ? (PEAK / WHITE) * (0.2627 * r + 0.678 * g + 0.0593 * b) ** 0.2 : 1;
    const red = Math.max(0, light * (rr * r + rg * g + rb * b));
    const green = Math.max(0, light * (gr * r + gg * g + gb * b));
    const blue = Math.max(0, light * (br * r + bg * g + bb * b));
    const most = Math.max(red, green, blue);
    const scale = hdr && most > KNEE ? pressed(most) / most : 1;
    out[i] = encoded[Math.min(STEPS, Math.round(STEPS * scale * red))]!;
    out[i + 1] = encoded[Math.min(STEPS, Math.round(STEPS * scale * green))]!;
    out[i + 2] = encoded[Math.min(STEPS, Math.round(STEPS * scale * blue))]!;
  }
  return out;
}

/** 1 is white; HLG: of the scene, 0 to 1. */
function toLinear(value: number, transfer: number): number {
  if (transfer === PQ) {
    const power = value ** (32 / 2523);
    return (
      (10_000 / WHITE) * (Math.max(0, power - 3424 / 4096) / (2413 / 128 - (2392 / 128) * power)) ** (16_384 / 2610)
    );
  }
  if (transfer === HLG) {
    const [a, b, c] = [0.17883277, 0.28466892, 0.55991073];
    return value <= 0.5 ? value ** 2 / 3 : (Math.exp((value - c) / a) + b) / 12;
  }
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function encodeSrgb(linear: number): number {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
}

function pressed(light: number): number {
  const most = (PEAK / WHITE - KNEE) / (1 - KNEE);
  const above = (light - KNEE) / (1 - KNEE);
  return KNEE + (1 - KNEE) * Math.min(1, (above * (1 + above / most ** 2)) / (1 + above));
}
