/** Breaks between words, each line after an indent; without a terminal lines stay whole, for grep. */
export function wrap(text: string, indent: number, columns: number | undefined = process.stdout.columns): string {
  const margin = ' '.repeat(indent);
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    const fits = line !== undefined && (columns === undefined || line.length + 1 + word.length < columns);
    if (fits) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`${margin}${word}`);
  }
  return lines.join('\n');
}
