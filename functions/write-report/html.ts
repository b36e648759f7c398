/** Markup that may stand in the page as it is. Only `html` and `trusted` make it. */
export interface Html {
  readonly markup: string;
}

export type Part = Html | string | number | false | null | undefined | readonly Part[];

/** Markup from a template: every string is escaped, markup stays, lists are joined, and nothing is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: strings.reduce((page, string, index) => page + render(parts[index - 1]) + string) };
}

/** For markup that this folder made itself: style sheets and drawn charts. Never for text of a report. */
export function trusted(markup: string): Html {
  return { markup };
}

function render(part: Part): string {
  if (part === undefined || part === null || part === false) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escaped(part);
  return 'markup' in part ? part.markup : part.map(render).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe as element text and inside a quoted attribute; half an emoji becomes a replacement character. */
function escaped(text: string): string {
  return text.toWellFormed().replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
