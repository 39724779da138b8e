// Tests run in a copy of the environment, where ONNX Runtime does not see what lib/config.ts says.
process.env.ORT_DISABLE_TELEMETRY ??= '1';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/environment.ts',
  setupFiles: ['<rootDir>/test/seed.ts'],
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }] },
  // Pictures are decoded, cut and encoded for real: seconds on a busy machine, not milliseconds.
  testTimeout: 60_000,
  // Each worker holds its own OpenCV, libheif and network, some 300 MB.
  maxWorkers: 2,
};
