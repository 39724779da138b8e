/** Lambda's name of each processor that it offers, and Node's name of the same. */
const CPUS = { x86_64: 'x64', arm64: 'arm64' } as const;

export type Architecture = keyof typeof CPUS;

/** @throws Error for a name that Lambda does not know */
export function parseArchitecture(name: string): Architecture {
  if (name in CPUS) return name as Architecture;
  throw new Error(`The architecture must be one of ${Object.keys(CPUS).join(', ')}, received "${name}".`);
}

/** `x64` or `arm64`, as packages with native parts are named. */
export function cpuOf(architecture: Architecture): string {
  return CPUS[architecture];
}
