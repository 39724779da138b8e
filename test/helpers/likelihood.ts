/** How likely a colour is under a mixture in OpenCV's flat form, as OpenCV reckons: without (2 pi)^(3/2). */
export function likelihood(model: Float64Array, colour: ArrayLike<number>): number {
  let sum = 0;
  for (let c = 0; c < 5; c++) {
    const weight = model[c]!;
    if (weight === 0) continue;
    const [a, b, d, , e, f, , , g] = model.subarray(20 + 9 * c, 29 + 9 * c) as unknown as number[];
    const [x, y, z] = [0, 1, 2].map((i) => colour[i]! - model[5 + 3 * c + i]!) as [number, number, number];
    // The covariance is L times its transpose: solving L u = (x, y, z) gives the distance as the length of u.
    const l11 = Math.sqrt(a!);
    const [l21, l31] = [b! / l11, d! / l11];
    const l22 = Math.sqrt(e! - l21 ** 2);
    const l32 = (f! - l31 * l21) / l22;
    const l33 = Math.sqrt(g! - l31 ** 2 - l32 ** 2);
    const u1 = x / l11;
    const u2 = (y - l21 * u1) / l22;
    const u3 = (z - l31 * u1 - l32 * u2) / l33;
    sum += (weight / (l11 * l22 * l33)) * Math.exp(-0.5 * (u1 ** 2 + u2 ** 2 + u3 ** 2));
  }
  return sum;
}
