/**
 * The colors, light and dark. `good` and `bad` are teal and orange: they differ for people who don't see red or green,
 * and no meaning rests on color alone. Text colors have a contrast of 4.5 at least on both surfaces; a test insists.
 */
export const palette = {
  page: ['#f7f7f5', '#131417'],
  card: ['#ffffff', '#1b1d21'],
  ink: ['#191b1f', '#eceef1'],
  muted: ['#5a606b', '#a3a9b4'],
  line: ['#e1e2e0', '#2f3238'],
  track: ['#e9eae8', '#2a2d33'],
  accent: ['#4048c0', '#a3acff'],
  'accent-soft': ['#b9bdf0', '#4a5096'],
  good: ['#00705f', '#45cbb2'],
  'good-soft': ['#dff1ed', '#16332e'],
  bad: ['#ad4206', '#ff9d66'],
  'bad-soft': ['#fbe9df', '#3c2417'],
} as const satisfies Readonly<Record<string, readonly [light: string, dark: string]>>;

type Color = keyof typeof palette;

/** A color by name, for style sheets and charts alike: it follows the theme. */
export function color(name: Color): string {
  return `var(--${name})`;
}

const light = variables(0);
const dark = variables(1);

/** The reader's system decides, the switch overrules it, and paper is always light. */
export const themes = `
:root { ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
:root:has(#theme-light:checked) { ${light} }
:root:has(#theme-dark:checked) { ${dark} }
@media print { :root, :root:has(#theme-dark:checked) { ${light} } }
`;

function variables(theme: 0 | 1): string {
  const colors = Object.entries(palette).map(([name, pair]) => `--${name}: ${pair[theme]};`);
  return `color-scheme: ${theme === 0 ? 'light' : 'dark'}; ${colors.join(' ')}`;
}
