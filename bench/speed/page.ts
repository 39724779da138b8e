import { escapeHtml, headOf } from '../../lib/html';
import type { Speed, Timing } from './figures';

/** The figures of one run as one HTML page: plots are drawn as SVG, nothing is fetched. */
export function speedPage(speed: Speed): string {
  const { machine: on, date, timings, throughput, memory, engines, rivals } = speed;
  const versions = Object.entries(on.versions).map(([name, version]) => `${name} ${version}`);
  const lines = [...new Set(timings.map(({ threads, format }) => `${threads} thread(s), ${format}`))];
  const workers = throughput.map((t) => ({ label: `${t.workers} worker(s)`, value: t.perSecond }));
  const others = rivals.flatMap(({ name, measured, theirs, ours }) =>
    theirs === null || ours === null ? [] : [{ label: `${name}: ${measured}, times ours`, value: theirs / ours }],
  );
  const absent = [
    ...rivals.filter((rival) => rival.theirs === null),
    ...engines.filter((engine) => engine.measured === null),
  ];
  const networks = engines.flatMap(({ name, measured, modelMb, packagesMb }) => {
    if (measured === null) return [];
    const { load, first, peakRss } = measured;
    const rest = `loads in ${load.toFixed(0)} ms, first run ${first.toFixed(0)} ms, peak RSS ${peakRss} MB`;
    const sizes = `model ${modelMb.toFixed(1)} MB, packages ${packagesMb.toFixed(0)} MB`;
    return [{ label: `${name}: ${rest}, ${sizes}`, value: measured.warm }];
  });
  return `${headOf('dresscut: speed', STYLE)}
<h1>dresscut: speed</h1>
<p>${date}, ${on.cpus} x ${escapeHtml(on.cpu)}, ${on.memoryGb} GB, ${escapeHtml(on.platform)}. ${escapeHtml(versions.join(', '))}.
Load before the start: ${on.load.toFixed(2)}.</p>
<h2>Milliseconds by megapixels: <span style="color:var(--whole)">whole</span> and
<span style="color:var(--needed)">unavoidable</span> (decode, reduce, network, encode)</h2>
<div class="plots">
${lines
  .map((line) =>
    growth(
      line,
      timings.filter((t) => `${t.threads} thread(s), ${t.format}` === line),
    ),
  )
  .join('\n')}
</div>
<h2>Photos a second</h2>
${bars(workers)}
<h2>Resident memory of one process, MB, photo after photo</h2>
${bars(memory.seen.map(({ photos, rss }) => ({ label: `after ${photos}`, value: rss })))}
<h2>Engines: milliseconds of the network alone, warm</h2>
${bars(networks)}
<h2>Beside others: above 1 they take longer</h2>
${bars(others)}
<ul>${absent.map(({ name, reason }) => `<li>${escapeHtml(name)}: not measured, ${escapeHtml(reason ?? '')}</li>`).join('')}</ul>
<ul>${rivals.map((r) => `<li>${escapeHtml(r.name)} can: ${escapeHtml(r.can)}. Cannot: ${escapeHtml(r.cannot)}.</li>`).join('')}</ul>
</html>
`;
}

/** Both axes logarithmic, so that a power law is a straight line. */
function growth(title: string, timings: readonly Timing[]): string {
  const values = timings.flatMap(({ whole, unavoidable }) => [whole, unavoidable]);
  const sizes = timings.map(({ megapixels }) => megapixels);
  const scale = (value: number, all: number[], from: number, to: number) => {
    const [low, high] = [Math.log(Math.min(...all)), Math.log(Math.max(...all))];
    return from + ((to - from) * (Math.log(value) - low)) / Math.max(1e-9, high - low);
  };
  const at = (timing: Timing, key: 'whole' | 'unavoidable') =>
    [scale(timing.megapixels, sizes, 40, 290), scale(timing[key], values, 160, 25)].map((n) => n.toFixed(1));
  const line = (key: 'whole' | 'unavoidable', style: string) => `<g class="${style}">
<polyline points="${timings.map((timing) => at(timing, key).join(',')).join(' ')}"/>
${timings.map((timing) => dot(at(timing, key), `${timing[key].toFixed(0)} ms`)).join('')}</g>`;
  const marks = timings.map(
    (timing) => `<text text-anchor="middle" x="${at(timing, 'whole')[0]}" y="190">${timing.megapixels.toFixed(1)}</text>
<text text-anchor="middle" x="${at(timing, 'whole')[0]}" y="${Number(at(timing, 'whole')[1]) - 8}">${timing.whole.toFixed(0)}</text>`,
  );
  return `<figure><figcaption>${title}</figcaption><svg viewBox="0 0 320 200" role="img" aria-label="${title}">
<path class="axis" d="M20 172H310"/>${line('unavoidable', 'needed')}${line('whole', 'whole')}${marks.join('')}</svg></figure>`;
}

const dot = ([x, y]: string[], title: string): string =>
  `<circle cx="${x}" cy="${y}" r="3"><title>${title}</title></circle>`;

function bars(rows: readonly { label: string; value: number }[]): string {
  const most = Math.max(...rows.map(({ value }) => value));
  return rows
    .map(
      ({ label, value }) => `<div class="bar"><span>${escapeHtml(label)}</span><b>${value.toFixed(1)}</b>
<svg viewBox="0 0 100 1" preserveAspectRatio="none"><rect class="whole" stroke-width="0" width="${((100 * value) / most).toFixed(1)}" height="1"/></svg></div>`,
    )
    .join('\n');
}

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1b1b22, #ececf2); --quiet: light-dark(#595966, #a9a9b6);
  --whole: light-dark(#a3174f, #ff8fb5); --needed: light-dark(#2a5f9e, #86b8f0); --line: light-dark(#d4d4dc, #3b3b45); }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
  background: light-dark(#fff, #131216); overflow-wrap: anywhere; }
h1 { font-size: 1.3rem; } h2 { font-size: 1rem; } p, li { color: var(--quiet); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr)); gap: 1.5rem; }
figure { margin: 0; } svg { width: 100%; height: auto; font-size: 12px; fill: var(--ink); }
.whole { fill: var(--whole); stroke: var(--whole); } .needed { fill: var(--needed); stroke: var(--needed); }
polyline { fill: none !important; stroke-width: 2; } .axis { stroke: var(--line); }
.bar { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; margin: .4rem 0; }
.bar svg { grid-column: 1 / 3; height: .6rem; }
`;
