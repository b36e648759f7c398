const NEWLINE = 0x0a;

export interface NumberedLine {
  /** From 1. */
  readonly number: number;
  /** Without its newline; undefined for a line of more than `limitBytes`. */
  readonly bytes: Uint8Array | undefined;
}

/** The lines of a file as its bytes arrive. It never holds more than one line, and of one that is too long nothing. */
export async function* numberedLines(
  chunks: AsyncIterable<Uint8Array>,
  limitBytes: number,
): AsyncIterable<NumberedLine> {
  let number = 1;
  let begun: Uint8Array[] = [];
  let size = 0;
  const add = (piece: Uint8Array) => {
    size += piece.length;
    if (size > limitBytes) begun = [];
    // Copied, because a stream may reuse the memory of its chunks (and slice of a Buffer is no copy).
    else if (piece.length > 0) begun.push(new Uint8Array(piece));
  };
  const take = (): NumberedLine => {
    const line = { number, bytes: size > limitBytes ? undefined : Buffer.concat(begun) };
    number++;
    begun = [];
    size = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (size > 0) yield take();
}
