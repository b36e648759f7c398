/** The page itself: type, columns, sections, the bar on top, and what changes on a phone and on paper. */
export const layout = `
*, ::before { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 4rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
main, footer { max-width: 1120px; margin: 0 auto; padding: 0 2rem; }
h1, h2, h3, h4, h5, p, ul, ol, dl, dd, figure, blockquote, fieldset { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: clamp(2rem, 4.6vw, 3.25rem); line-height: 1.1; font-weight: 680; letter-spacing: -0.028em; text-wrap: balance; max-width: 24ch; }
h2 { font-size: clamp(1.5rem, 3vw, 2rem); line-height: 1.2; font-weight: 650; letter-spacing: -0.02em; }
h3 { font-size: 1.0625rem; font-weight: 620; letter-spacing: -0.005em; }
h4, h5, dt, thead th { font-size: 0.8125rem; font-weight: 550; color: var(--muted); letter-spacing: 0; }
.lead { margin: 0.6rem 0 1.8rem; max-width: 66ch; font-size: 1.0625rem; color: var(--muted); text-wrap: pretty; }
.muted { color: var(--muted); }
.small { font-size: 0.8125rem; }
.mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.8125rem; overflow-wrap: anywhere; unicode-bidi: isolate; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }

.bar { position: sticky; top: 0; z-index: 1; display: flex; gap: 1rem; align-items: center; padding: 0.5rem 2rem; background: var(--page); border-bottom: 1px solid var(--line); }
.bar nav { display: flex; gap: 1.25rem; flex: 1; min-width: 0; overflow-x: auto; scrollbar-width: none; white-space: nowrap; font-size: 0.875rem; }
.bar a { color: var(--muted); text-decoration: none; padding: 0.3rem 0; }
.bar a:hover { color: var(--ink); }
.theme { display: flex; border: 1px solid var(--line); border-radius: 999px; padding: 2px; font-size: 0.75rem; background: var(--card); }
.theme input { position: absolute; opacity: 0; pointer-events: none; }
.theme label { padding: 0.15rem 0.6rem; border-radius: 999px; color: var(--muted); cursor: pointer; }
.theme :checked + label { background: var(--track); color: var(--ink); }
.theme :focus-visible + label { outline: 2px solid var(--accent); }

section { padding: 4.5rem 0 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.5rem; }
.card + .card { margin-top: 1rem; }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem 2rem; }
.columns > * { min-width: 0; }
.columns > .card { margin-top: 0; }
.empty { padding: 1.5rem 0; color: var(--muted); }
.narrow-only { display: none; }
svg { display: block; width: 100%; height: auto; overflow: visible; }

.panel > summary { display: flex; gap: 0.4rem 1rem; align-items: baseline; flex-wrap: wrap; cursor: pointer; list-style: none; }
.panel > summary::-webkit-details-marker { display: none; }
.panel > summary::before { content: '›'; width: 0.8ch; color: var(--muted); font-size: 1.2rem; line-height: 1; }
.panel[open] > summary::before { transform: rotate(90deg); }
.panel[open] > summary { margin-bottom: 1.25rem; }
.panel .aside { color: var(--muted); font-size: 0.875rem; margin-left: auto; }

footer { margin-top: 5rem; padding-bottom: 4rem; color: var(--muted); font-size: 0.875rem; }
footer dl { padding-top: 1.5rem; border-top: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin-bottom: 1.5rem; }
footer dd { color: var(--ink); }

@media (max-width: 720px) {
  main, footer { padding-left: 1rem; padding-right: 1rem; }
  .bar { padding: 0.5rem 1rem; }
  h1 { text-wrap: pretty; }
  section { padding-top: 3.5rem; }
  .card { padding: 1.125rem; border-radius: 12px; }
  .columns { grid-template-columns: 1fr; }
  .wide-only { display: none; }
  .narrow-only { display: block; }
  .panel .aside { margin-left: 0; }
}

@media print {
  body { font-size: 11pt; background: none; }
  main, footer { max-width: none; padding: 0; }
  .bar, .more { display: none; }
  section { padding-top: 2rem; }
  .card, figure, .stage, .timeline li { break-inside: avoid; }
  .panel { break-inside: auto; }
  h2, h3, h4, .lead, summary { break-after: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; }
  * { print-color-adjust: exact; }
}
`;
