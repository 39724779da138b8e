import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** How often V8 marks all of its heap while twenty photos are cut, one after the other. */
async function collections(before: string): Promise<number> {
  const script = `
    const { constants, PerformanceObserver } = require('node:perf_hooks');
    const { letGarbageWait } = require('./lib/heap');
    const { createEngine } = require('./lib/engine');
    const { loadConfig } = require('./lib/config');
    const { DEFAULTS } = require('./lib/options');
    let count = 0;
    new PerformanceObserver((seen) => {
      for (const { detail } of seen.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) count++;
    }).observe({ type: 'gc' });
    (async () => {
      const { cutOut } = createEngine({ ...loadConfig(), threads: 1 });
      ${before}
      const photo = require('node:fs').readFileSync('test/fixtures/dress.jpg');
      for (let round = 0; round < 20; round++) await cutOut(photo, DEFAULTS);
      await new Promise((go) => setTimeout(go, 100));
      console.log(count);
    })();`;
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', script], { cwd: join(__dirname, '..') });
  return Number(await text(child.stdout));
}

describe('letGarbageWait', () => {
  it('spares the heap most of its collections', async () => {
    const ours = await collections('letGarbageWait();');
    const usual = await collections('');
    expect(usual).toBeGreaterThan(0);
    expect(ours).toBeLessThan(usual / 2);
  }, 120_000);
});
