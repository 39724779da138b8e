/** Light and dark follow the system; one column below 640 px. The squares show what is transparent. */
export const pageStyle = `
:root { color-scheme: light dark; --line: light-dark(#c9c9d2, #45454f); --soft: light-dark(#f4f4f7, #1e1e24);
  --ink: light-dark(#1b1b22, #ececf2); --quiet: light-dark(#5b5b68, #a6a6b4); --accent: light-dark(#9b1c54, #ff8fbb);
  --square: light-dark(#dcdce2, #33333b); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
  background: light-dark(#fff, #131317); }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .4rem; } p { margin: .3rem 0 1rem; color: var(--quiet); }
a { color: var(--accent); } [hidden] { display: none !important; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#drop { border: 2px dashed var(--line); border-radius: .8rem; padding: 1rem; text-align: center; background: var(--soft); }
#drop.over { border-color: var(--accent); }
#drop p { margin: .5rem 0 0; }
.pick { display: inline-flex; gap: .5rem; flex-wrap: wrap; justify-content: center; }
button, .pick label, .button { font: inherit; padding: .5rem .9rem; border: 1px solid var(--line); border-radius: .5rem;
  background: light-dark(#fff, #2a2a32); color: inherit; cursor: pointer; text-decoration: none; display: inline-block; }
.pick input { position: absolute; opacity: 0; width: 1px; height: 1px; }
.pick label:focus-within { outline: 3px solid var(--accent); outline-offset: 2px; }
form { display: flex; flex-wrap: wrap; gap: .6rem 1rem; margin: 1rem 0; align-items: end; }
form label { display: grid; gap: .2rem; font-size: .85rem; color: var(--quiet); }
form label.tick { display: flex; align-items: center; gap: .4rem; min-height: 2.4rem; }
select, input[type=text], input[type=password] { font: inherit; color: inherit; padding: .4rem; border-radius: .4rem;
  border: 1px solid var(--line); background: light-dark(#fff, #2a2a32); max-width: 100%; }
input[type=color] { width: 3rem; height: 2.4rem; padding: .1rem; }
.tick input { width: 1.2rem; height: 1.2rem; accent-color: var(--accent); }
#message { border-left: 4px solid var(--accent); background: var(--soft); padding: .6rem .9rem; margin: 1rem 0; }
#stage { position: relative; display: grid; border-radius: .6rem; overflow: hidden; border: 1px solid var(--line);
  background: repeating-conic-gradient(var(--square) 0 25%, transparent 0 50%) 0 0 / 24px 24px; --at: 50%; }
#stage img { grid-area: 1 / 1; width: 100%; height: 70vh; object-fit: contain; display: block; }
#stage:not(:has(img:not([hidden]))) { display: none; }
#stage.busy { opacity: .6; }
#stage.compare #before { clip-path: inset(0 calc(100% - var(--at)) 0 0); }
#stage.compare #after { clip-path: inset(0 0 0 var(--at)); }
#stage.compare::after { content: ""; position: absolute; inset: 0 auto 0 var(--at); border-left: 2px solid var(--accent); }
#stage.beside { grid-template-columns: 1fr 1fr; } #stage.beside #after { grid-area: 1 / 2; }
#slider { width: 100%; margin: .6rem 0; accent-color: var(--accent); min-height: 1.6rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 1rem 0; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem; white-space: pre-wrap;
  overflow-wrap: anywhere; font-size: .85rem; }
@media (max-width: 640px) { #stage img { height: 52vh; } #stage.beside { grid-template-columns: 1fr; }
  #stage.beside #after { grid-area: 2 / 1; } form label { flex: 1 1 8rem; } }
`;
