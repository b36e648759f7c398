/** Every start tag of a page. Attribute values are escaped, so that no `>` stands in one. */
export function startTags(page: string): string[] {
  return withoutStyle(page).match(/<[a-z][^>]*>/gi) ?? [];
}

export function nameOf(tag: string): string {
  return tag.match(/^<([a-z0-9]+)/i)![1]!;
}

/** What a person reads in markup, on one line, with plain spaces. */
export function readableText(markup: string): string {
  return unescaped(withoutStyle(markup).replaceAll(/<[^>]*>/g, ' ')).replaceAll(/\s+/g, ' ');
}

/** The part of the page with this id: one section, or the header. */
export function sectionText(page: string, id: string): string {
  const [, rest] = page.split(`<section id="${id}"`);
  return readableText(rest!.slice(rest!.indexOf('>') + 1).split('</section>')[0]!);
}

export function unescaped(markup: string): string {
  return markup
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

function withoutStyle(page: string): string {
  return page.replace(/<style>[\s\S]*?<\/style>/, '');
}
