/** Light and dark follow the system; one column below 820 px. The squares show what is transparent. */
export const pageStyle = `
:root { color-scheme: light dark; --line: light-dark(#d4d4dc, #3b3b45); --soft: light-dark(#f6f5f8, #1d1c22);
  --ink: light-dark(#1b1b22, #ececf2); --quiet: light-dark(#595966, #a9a9b6); --accent: light-dark(#a3174f, #ff8fb5);
  --on-accent: light-dark(#fff, #2b0716); --paper: light-dark(#fff, #131216); --card: light-dark(#fff, #26252d);
  --square: light-dark(#dfdfe5, #35343d); --ground: light-dark(#fff, #1d1c22); --warn: light-dark(#8a5300, #f2b45a);
  --good: light-dark(#17693a, #74d39b);
  --checks: repeating-conic-gradient(var(--square) 0 25%, var(--ground) 0 50%) 0 0 / 20px 20px; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem 1.25rem 2rem; font: 16px/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--paper); }
h1, h2, p { margin: 0; } h1 { font-size: 1.3rem; letter-spacing: -.01em; } h2 { font-size: 1rem; }
a { color: var(--accent); } [hidden] { display: none !important; }
:focus-visible, .button:focus-within, .bar label:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem .6rem; padding-bottom: 1rem; }
header svg { width: 1.5rem; height: 1.5rem; fill: var(--accent); align-self: center; }
header p { color: var(--quiet); }
main { display: grid; grid-template-columns: minmax(0, 1fr) 20rem; grid-template-rows: auto 1fr; gap: 1.25rem 2rem; }
#view { grid-row: 1 / 3; min-width: 0; } #call { grid-column: 1 / 3; }
#drop { border: 2px dashed var(--line); border-radius: .9rem; padding: 1rem; text-align: center; background: var(--soft);
  display: grid; place-content: center; gap: .7rem; min-height: min(26rem, 60vh); }
#drop.small { display: flex; flex-wrap: wrap; align-items: center; justify-content: center; min-height: 0; padding: .6rem; }
#drop.over { border-color: var(--accent); border-style: solid; }
#drop p, #state { color: var(--quiet); }
.pick { display: flex; gap: .6rem; flex-wrap: wrap; justify-content: center; }
button, .button { font: inherit; font-weight: 500; padding: .5rem 1rem; min-height: 2.75rem; border: 1px solid var(--line);
  border-radius: .6rem; background: var(--card); color: inherit; cursor: pointer; text-decoration: none;
  display: inline-flex; align-items: center; justify-content: center; }
.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.pick input { position: absolute; opacity: 0; width: 1px; height: 1px; margin: 0; }
.bar input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
@media (hover: hover) { button:hover, .button:hover { filter: brightness(1.08); } }
form { display: grid; gap: 1rem; }
fieldset { border: 0; padding: 0; margin: 0; min-width: 0; } fieldset:disabled { opacity: .45; }
legend, #keys { font-size: .875rem; color: var(--quiet); padding: 0; margin-bottom: .3rem; }
.bar { display: flex; border: 1px solid var(--line); border-radius: .6rem; background: var(--soft); padding: 2px; }
.bar label { flex: 1 1 auto; display: grid; place-items: center; min-height: 2.5rem; padding: 0 .4rem; border-radius: .5rem;
  cursor: pointer; position: relative; font-size: .9375rem; }
.bar span { display: inline-flex; align-items: center; gap: .35rem; }
.bar label:has(:checked) { background: var(--card); box-shadow: 0 0 0 1px var(--accent); }
.swatch { width: .9rem; height: .9rem; border-radius: 50%; border: 1px solid var(--quiet); }
.clear { background: repeating-conic-gradient(#999 0 25%, #fff 0 50%) 0 0 / 7px 7px; } .white { background: #fff; }
.black { background: #000; } .own { background: conic-gradient(#e44, #ea3, #3b5, #39d, #95c, #e44); }
.line { display: flex; align-items: center; gap: .6rem; min-height: 2rem; cursor: pointer; } .line + .line { margin-top: -.6rem; }
input[type=checkbox] { width: 1.25rem; height: 1.25rem; margin: 0; accent-color: var(--accent); }
input[type=color] { width: 3.5rem; height: 2.5rem; padding: .1rem; }
input[type=password] { display: block; width: 100%; font: inherit; color: inherit; padding: .5rem; border-radius: .5rem;
  border: 1px solid var(--line); background: var(--card); }
#message { border-left: 4px solid var(--accent); border-radius: .3rem; background: var(--soft); padding: .7rem 1rem; margin-top: 1rem;
  overflow-wrap: anywhere; }
#message button { margin-top: .6rem; }
#stage { position: relative; display: grid; margin: 1rem auto .5rem; --at: 50%; --ratio: 1; }
#stage img { display: block; width: 100%; height: 100%; object-fit: contain; grid-area: 1 / 1; border-radius: .6rem; }
#stage.compare, #stage.alone { width: min(100%, 70vh * var(--ratio)); aspect-ratio: var(--ratio); overflow: hidden; border-radius: .6rem; }
#after { background: var(--checks); }
.compare #before { clip-path: inset(0 calc(100% - var(--at)) 0 0); }
.compare #after { clip-path: inset(0 0 0 var(--at)); }
.compare::before { content: ""; position: absolute; z-index: 1; inset: 0 auto 0 calc(var(--at) - 1px); border-left: 2px solid #fff;
  filter: drop-shadow(0 0 1px #000); pointer-events: none; }
.compare::after { content: "\\2039\\2002\\203a"; position: absolute; z-index: 1; left: var(--at); top: 50%; width: 2.75rem;
  height: 2.75rem; margin: -1.375rem; border-radius: 50%; background: #fff; color: #1b1b22; font-size: 1.3rem; line-height: 2.5rem;
  text-align: center; box-shadow: 0 1px 4px #0007; pointer-events: none; }
#stage.beside { grid-template-columns: 1fr 1fr; gap: .75rem; align-items: center; }
#stage.beside img { width: auto; max-width: 100%; height: auto; max-height: 70vh; justify-self: center; }
#stage.beside #after { grid-area: 1 / 2; }
#slider { position: absolute; inset: 0; z-index: 2; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: ew-resize; touch-action: pan-y; }
#slider::-webkit-slider-thumb { appearance: none; width: 1px; } #slider::-moz-range-thumb { width: 1px; border: 0; }
#stage:has(#slider:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
.chip { position: absolute; top: .6rem; z-index: 1; padding: .05rem .6rem; border-radius: 1rem; background: #000a; color: #fff;
  font-size: .8125rem; display: none; pointer-events: none; }
.compare .chip { display: block; } .left { left: .6rem; } .right { right: .6rem; }
#stage.busy img { opacity: .55; } #stage.busy { cursor: progress; }
#state { text-align: center; min-height: 1.5rem; }
#result { display: grid; gap: .7rem; margin-top: 1.25rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
#verdict { font-weight: 600; color: var(--good); } #verdict.review { color: var(--warn); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; font-size: .875rem; }
dt { color: var(--quiet); } dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
#call { display: grid; grid-template-columns: 1fr auto; align-items: center; gap: .5rem; min-width: 0; }
#call pre { grid-column: 1 / 3; }
pre { margin: 0; background: var(--soft); border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem;
  white-space: pre-wrap; overflow-wrap: anywhere; font: .875rem/1.6 ui-monospace, monospace; }
footer { display: flex; gap: 1.25rem; padding-top: 1.25rem; }
@media (max-width: 820px) { main { display: flex; flex-direction: column; } #drop:not(.small) { min-height: 12rem; } }
@media (max-width: 480px) { body { padding: .8rem 1rem 1.5rem; } #stage.beside { grid-template-columns: 1fr; }
  #stage.beside #after { grid-area: 2 / 1; } #stage.beside img { max-height: 50vh; } #drop.small p { display: none; }
  .bar label { padding: 0 .2rem; font-size: .875rem; } .swatch { width: .75rem; height: .75rem; } }
`;
