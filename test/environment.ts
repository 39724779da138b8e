import { TestEnvironment } from 'jest-environment-node';

// As lib/config.ts does, for tests that take a client of the SDK without it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/**
 * Node's environment with the outer world's typed arrays. Jest gives each test file constructors of its own,
 * native modules (onnxruntime-node, sharp) hand out the outer ones, and `instanceof` between the two fails.
 */
export default class extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    Object.assign(this.global, {
      ArrayBuffer,
      SharedArrayBuffer,
      DataView,
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
      BigInt64Array,
      BigUint64Array,
      Float32Array,
      Float64Array,
    });
  }
}
