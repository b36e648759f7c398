import { decodedUtf8, foreignFormat } from './encoding.ts';
import { numberedLines } from './numbered-lines.ts';

/** A megabyte of picture is 1.4 MB as a data URL. */
export const LINE_LIMIT_BYTES = 16 * 1_048_576;
export const LINE_LIMIT = '16 MiB';

/** One line of a person's file, without its newline, or why it can't be read. */
export type TextLine = { readonly number: number } & ({ readonly text: string } | { readonly problem: string });

/** The lines of a text file in UTF-8, as its bytes arrive. A file that is something else altogether ends at its first line. */
export async function* textLines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<TextLine> {
  for await (const { number, bytes } of numberedLines(chunks, LINE_LIMIT_BYTES)) {
    const foreign = number === 1 && bytes ? foreignFormat(bytes) : undefined;
    if (foreign !== undefined) {
      yield { number, problem: foreign };
      return;
    }
    yield { number, ...textOf(number, bytes) };
  }
}

function textOf(number: number, bytes: Uint8Array | undefined): { text: string } | { problem: string } {
  if (!bytes) {
    const problem = `it is longer than ${LINE_LIMIT}; give images as URLs, or shorten the prompt`;
    return { problem: `line ${number}: ${problem}` };
  }
  const text = decodedUtf8(bytes);
  if (text !== undefined) return { text: number === 1 ? text.replace(/^\uFEFF/, '') : text };
  const byte = firstForeignByte(bytes);
  return {
    problem: `line ${number}: it is not UTF-8 text (byte ${byte}; Latin-1 or Windows-1252?); save the file as UTF-8`,
  };
}

/** The first byte that is neither ASCII nor part of a character in UTF-8, as people look it up: 0xE9. */
function firstForeignByte(bytes: Uint8Array): string {
  const readable = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\uFFFD', 1)[0] ?? '';
  const byte = bytes[Buffer.byteLength(readable)] ?? 0;
  return `0x${byte.toString(16).toUpperCase()}`;
}
