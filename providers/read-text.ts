import { ArtifactUnreadable } from '../core/errors.ts';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The text of a whole object. Bytes that are not UTF-8 are an error, never replacement characters in a dataset. */
export function wholeText(key: string, bytes: Uint8Array): string {
  return decoded(bytes, key);
}

/**
 * The lines of an object as its bytes arrive, holding one line and one chunk at a time. It splits bytes, not text:
 * a character cut in two by a chunk's end is whole again, and bad encoding is known by its line.
 */
export async function* linesOf(key: string, chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  let number = 0;
  let begun: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      number++;
      const line = lineText([...begun, chunk.subarray(start, end)], `${key}, line ${number},`);
      if (line !== '') yield line;
      begun = [];
      start = end + 1;
    }
    // No copy: the streams of files and sockets give each chunk memory of its own.
    if (start < chunk.length) begun.push(chunk.subarray(start));
  }
  const last = lineText(begun, `${key}, line ${number + 1},`);
  if (last !== '') yield last;
}

function lineText(parts: readonly Uint8Array[], place: string): string {
  const bytes = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
  return decoded(bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes, place);
}

function decoded(bytes: Uint8Array, place: string): string {
  try {
    // ignoreBOM keeps a byte order mark as the character it is: what was written is what is read.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ArtifactUnreadable(`${place} is not UTF-8 text: it was damaged, or written by something else.`, {
      cause,
    });
  }
}
