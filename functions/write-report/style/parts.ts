/** The parts of the sections, in the order in which they appear. */
export const parts = `
.headline { padding-top: 4rem; }
.eyebrow { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin-bottom: 1.25rem; font-size: 0.875rem; font-weight: 600; color: var(--accent); }
.eyebrow span { color: var(--muted); font-weight: 450; overflow-wrap: anywhere; unicode-bidi: isolate; }
.headline .lead { margin-bottom: 0; font-size: 1.1875rem; }
.ending { margin-top: 1.25rem; max-width: 72ch; color: var(--muted); }
.ending b { color: var(--ink); }
.ending .text, .ending .long { display: inline; }
.ending.failed b { color: var(--bad); }
.before-after { position: relative; margin: 2.5rem 0; padding: 2rem; display: grid; gap: 1.5rem; }
.incumbent { display: grid; grid-template-columns: 4.5rem 7rem 1fr; gap: 0.25rem 1.25rem; align-items: start; }
.incumbent h2 { font-size: 1rem; line-height: 1.75rem; font-weight: 550; letter-spacing: 0; color: var(--muted); }
.incumbent .big { font-size: 2.75rem; line-height: 1.75rem; font-weight: 640; letter-spacing: -0.03em; text-align: right; white-space: nowrap; }
.incumbent .track { height: 1.75rem; margin-bottom: 0.4rem; }
.incumbent .below { display: flex; gap: 0.25rem 1rem; justify-content: space-between; align-items: baseline; }
.change { flex: none; font-weight: 600; color: var(--good); }

.headline .facts { grid-template-columns: none; grid-auto-flow: column; justify-content: space-between; }
.ending + .facts { margin-top: 2.5rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1.75rem 2rem; }
.facts dd:nth-of-type(1) { font-size: 1.5rem; font-weight: 600; letter-spacing: -0.02em; line-height: 1.35; }
.track { position: relative; height: 0.625rem; border-radius: 5px; background: var(--track); overflow: hidden; }
.track i { display: block; height: 100%; border-radius: 5px; background: var(--accent); }
.track.was i { background: var(--muted); }
.track.is i { background: var(--good); }
.track u { position: absolute; top: 0; bottom: 0; width: 2px; margin-left: -1px; background: var(--ink); box-shadow: 0 0 0 2px var(--card); }

.legend { display: flex; flex-wrap: wrap; gap: 0.3rem 1.25rem; font-size: 0.875rem; color: var(--muted); }
.legend b { color: var(--ink); font-weight: 600; }
.legend i { display: inline-block; width: 0.65rem; height: 0.65rem; margin-right: 0.45rem; border-radius: 3px; }
.legend .good { color: var(--good); }
.legend .bad { color: var(--bad); }
.marks { margin: 1rem 0 1.5rem; }
figure figcaption { margin-bottom: 0.75rem; }
figcaption p { font-size: 0.875rem; }
.small-chart { max-width: 27rem; margin: 0.5rem 0; }

.scroll { overflow-x: auto; }
.scroll + .scroll { margin-top: 1.5rem; }
table { width: 100%; border-collapse: collapse; font-size: 0.875rem; }
th, td { padding: 0.55rem 0.9rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
tbody th { font-weight: 450; }
tfoot th, tfoot td { font-weight: 650; border-bottom: 0; }
.chip { display: inline-block; padding: 0.05rem 0.6rem; border-radius: 999px; font-size: 0.8125rem; font-weight: 550; white-space: nowrap; color: var(--muted); background: var(--track); }
.chip.good { color: var(--good); background: var(--good-soft); }
.chip.bad { color: var(--bad); background: var(--bad-soft); }

.panel h4 { margin: 1.25rem 0 0.4rem; }
.panel .columns > div > h4:first-child { margin-top: 0; }
.reasons { display: grid; gap: 0.5rem; }
.reasons li + li { color: var(--muted); }
.guards { display: grid; gap: 0.6rem; }
.guards li { display: grid; grid-template-columns: 5.5rem 1fr; gap: 0.75rem; align-items: start; font-size: 0.9375rem; }
.guards .chip { justify-self: start; margin-top: 0.1rem; }

.stages { display: grid; gap: 1.5rem; margin-bottom: 2rem; }
.stage h4 { margin: 0 0 0.5rem; }
.stage h4 b { margin-left: 0.4rem; font-size: 1.0625rem; color: var(--ink); }
.stack { display: flex; gap: 2px; height: 1.375rem; margin-bottom: 0.6rem; border-radius: 6px; overflow: hidden; background: var(--track); }
.stack i { min-width: 2px; }
i.kept { background: var(--accent); }
i.also { background: var(--accent-soft); }
i.lost { background: var(--muted); opacity: 0.55; }
i.unsure { background: var(--bad); }
.panel .facts { padding-top: 1.5rem; border-top: 1px solid var(--line); }
.facts .track { margin: 0.3rem 0; }
.pair-bars { display: grid; grid-template-columns: auto 1fr auto; gap: 0.35rem 0.9rem; align-items: center; font-size: 0.875rem; }
.facts .pair-bars { gap: 0 0.6rem; font-size: inherit; }
.card > .pair-bars { margin-bottom: 1.5rem; }
.pair-bars b { text-align: right; font-weight: 550; color: var(--ink); }
.warning { margin: 1.25rem 0 0; padding: 0.7rem 1rem; border-radius: 10px; background: var(--bad-soft); }
.warning span { font-weight: 700; color: var(--bad); margin-right: 0.4rem; }
.panel > .mono { margin-top: 1.25rem; }

.example > header { display: flex; gap: 0.5rem 2rem; justify-content: space-between; margin-bottom: 1.25rem; }
.example > header > div { min-width: 0; }
.example h3 { font-size: 0.8125rem; font-weight: 550; color: var(--muted); }
.others > summary { cursor: pointer; margin: 1.25rem 0; font-size: 0.9375rem; font-weight: 550; color: var(--accent); }
.tags { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; flex: none; align-self: flex-start; font-size: 0.8125rem; color: var(--muted); }
.versus { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem 2rem; }
.versus > div { min-width: 0; padding-left: 1rem; border-left: 3px solid var(--line); }
.versus > .good { border-color: var(--good); }
.versus > .bad { border-color: var(--bad); }
.versus h4 { display: flex; gap: 0.75rem; align-items: baseline; margin-bottom: 0.25rem; }
.versus blockquote { margin-top: 0.9rem; font-size: 0.9375rem; color: var(--muted); }
.text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
.long summary { cursor: pointer; list-style: none; }
.long summary::-webkit-details-marker { display: none; }
.long .more { display: block; margin-top: 0.2rem; font-size: 0.8125rem; color: var(--accent); }
.long[open] .more { display: none; }
.long:not([open]) summary .text::after { content: '…'; }

.timeline { border-left: 2px solid var(--line); margin-left: 0.4rem; }
.timeline li { position: relative; padding: 0 0 1.75rem 1.75rem; }
section .timeline:last-child li:last-child { padding-bottom: 0; }
.timeline li::before { content: ''; position: absolute; left: -0.5rem; top: 0.35rem; width: 0.875rem; height: 0.875rem; border-radius: 50%; background: var(--page); border: 3px solid var(--muted); }
.timeline .promotion::before { border-color: var(--good); background: var(--good); }
.timeline .rollback::before { border-color: var(--bad); border-radius: 2px; }

@media (max-width: 720px) {
  .headline { padding-top: 2.5rem; }
  .before-after { padding: 1.25rem; }
  .incumbent { grid-template-columns: 1fr auto; gap: 0.6rem; }
  .incumbent > div { grid-column: 1 / -1; }
  .incumbent .big { font-size: 2.25rem; }
  .facts, .headline .facts { grid-template-columns: 1fr 1fr; grid-auto-flow: row; gap: 1.25rem; justify-content: stretch; }
  th, td { padding-left: 0.5rem; padding-right: 0.5rem; }
  .versus, .example > header { display: grid; grid-template-columns: 1fr; }
}
`;
