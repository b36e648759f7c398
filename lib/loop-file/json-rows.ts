import { shown } from './describe-problems.ts';
import { textLines } from './text-lines.ts';

/** One row of a prompts' file: what stands there, or why it can't be read. */
export type Row = { readonly line: number } & ({ readonly value: object } | { readonly problem: string });

/** The objects of a JSONL file; lines with nothing on them are skipped. */
export async function* jsonRows(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Row> {
  for await (const line of textLines(chunks)) {
    if ('problem' in line) yield { line: line.number, problem: line.problem };
    // Trimming takes a byte order mark away too, which is no part of the JSON that follows it.
    else if (line.text.trim() !== '') yield { line: line.number, ...objectIn(line.text.trim(), line.number) };
  }
}

function objectIn(text: string, line: number): { value: object } | { problem: string } {
  const parsed = parsedJson(text);
  if ('fault' in parsed) {
    return { problem: `line ${line}: it is not JSON (${parsed.fault}); write one JSON object a line` };
  }
  const { value } = parsed;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value };
  return { problem: `line ${line}: ${shown(value)} is not a prompt; write one JSON object a line` };
}

export function parsedJson(text: string): { readonly value: unknown } | { readonly fault: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { fault: error instanceof SyntaxError ? error.message : String(error) };
  }
}
