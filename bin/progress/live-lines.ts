/** What is needed of a terminal. */
export interface Terminal {
  readonly columns?: number;
  write(text: string): unknown;
}

const CLEAR_TO_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/**
 * Lines at the bottom that are drawn again and again, below lines that stay. A frame is one write, so nothing flickers. The
 * terminal's modes are left alone: a process that is killed in the middle leaves a cursor and line breaks as they were.
 */
export function liveLines(terminal: Terminal): (live: readonly string[], stays?: readonly string[]) => void {
  let drawn = 0;
  return (live, stays = []) => {
    if (drawn === 0 && live.length === 0 && stays.length === 0) return;
    const back = drawn > 0 ? `\r\u001b[${drawn}A` : '';
    const lines = [...stays, ...live].map(
      (line) => `${line.replaceAll('\n', `${CLEAR_TO_LINE_END}\n`)}${CLEAR_TO_LINE_END}\n`,
    );
    terminal.write(`${back}${lines.join('')}${drawn > 0 ? CLEAR_BELOW : ''}`);
    drawn = live.length;
  };
}
