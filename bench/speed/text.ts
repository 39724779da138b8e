import { engineTable } from '../engines';
import { ms, table } from '../table';
import type { Speed } from './figures';

/** All figures as tables of text. */
export function speedText({ machine: on, timings, growth, first, throughput, memory, engines, rivals }: Speed): string {
  const versions = Object.entries(on.versions).map(([name, version]) => `${name} ${version}`);
  const megapixels = (value: number) => `${value.toFixed(1)} MP`;
  const parts = ['decode', 'segment', 'refine', 'measure', 'compose', 'encode'];
  return [
    `${on.cpus} x ${on.cpu}, ${on.memoryGb} GB, ${on.platform}, load ${on.load.toFixed(2)} before the start`,
    versions.join(', '),
    '\nOne process, warm, milliseconds:',
    table([
      ['threads', 'photo', 'format', 'floor', 'unavoidable', 'whole', 'ours', 'ratio', ...parts, 'peak RSS MB'],
      ...timings.map((t) => [
        ...[t.threads, megapixels(t.megapixels), t.format, ms(t.floor), ms(t.unavoidable), ms(t.whole), ms(t.ours)],
        t.ratio.toFixed(2),
        ...parts.map((part) => ms(t.steps[part] ?? 0)),
        t.peakRss,
      ]),
    ]),
    '\nGrowth: time ~ pixels to the power of',
    table([
      ['threads', 'format', 'unavoidable', 'whole'],
      ...growth.map((g) => [g.threads, g.format, g.unavoidable.toFixed(2), g.whole.toFixed(2)]),
    ]),
    '\nWhole process, start to end, one photo, PNG, TypeScript loaded as it lies, milliseconds:',
    table([
      ['threads', 'photo', 'unavoidable', 'whole', 'peak RSS MB'],
      ...first.map((f) => [f.threads, megapixels(f.megapixels), ms(f.unavoidable), ms(f.whole), f.peakRss]),
    ]),
    '\nThroughput, 1.5 MP, processes of one thread:',
    table([['workers', 'photos a second'], ...throughput.map((t) => [t.workers, t.perSecond.toFixed(1)])]),
    `\nResident memory of one process, ${megapixels(memory.megapixels)}, MB (peak ${memory.peakRss}):`,
    table([
      ['photos', ...memory.seen.map(({ photos }) => photos)],
      ['MB', ...memory.seen.map(({ rss }) => rss)],
    ]),
    '\nEngines, the network alone at the served size, each in a process of its own, one thread:',
    engineTable(engines),
    '\nBeside others:',
    table([
      ['what', 'measured', 'theirs ms', 'ours ms', 'peak RSS MB', 'can', 'cannot'],
      ...rivals.map((r) => [
        ...[
          r.name,
          r.measured,
          r.theirs === null ? (r.reason ?? '-') : ms(r.theirs),
          r.ours === null ? '-' : ms(r.ours),
        ],
        ...[r.peakRss ?? '-', r.can, r.cannot],
      ]),
    ]),
  ].join('\n');
}
