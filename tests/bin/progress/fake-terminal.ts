/** A terminal of which one sees what a person would: it obeys the few codes that the bars use, and colours are left out. */
export function fakeTerminal(columns = 80) {
  let rows: string[] = [''];
  let row = 0;
  let column = 0;
  let writes = 0;
  return {
    columns,
    write(text: string): void {
      writes++;
      const [plain = '', ...coded] = text.split('\u001b[');
      type(plain);
      for (const part of coded) {
        const [code, count, letter] = /^(\d*)([A-Za-z])/.exec(part)!;
        obey(letter!, Number(count || 1));
        type(part.slice(code.length));
      }
    },
    /** The lines on the screen, without the empty one at the end. */
    screen: (): string[] => rows.map((line) => line.trimEnd()).slice(0, rows.at(-1) === '' ? -1 : undefined),
    writes: (): number => writes,
  };

  function type(text: string): void {
    for (const character of text) put(character);
  }

  function put(character: string): void {
    if (character === '\r') column = 0;
    else if (character === '\n') {
      row++;
      column = 0;
      if (row === rows.length) rows.push('');
    } else {
      rows[row] = `${rows[row]!.slice(0, column).padEnd(column)}${character}${rows[row]!.slice(column + 1)}`;
      column++;
    }
  }

  function obey(letter: string, count: number): void {
    if (letter === 'A') row -= count;
    else if (letter === 'K') rows[row] = rows[row]!.slice(0, column);
    else if (letter === 'J') rows = [...rows.slice(0, row), rows[row]!.slice(0, column)];
    else if (letter !== 'm') throw new Error(`The fake terminal does not know ${letter}.`);
  }
}
