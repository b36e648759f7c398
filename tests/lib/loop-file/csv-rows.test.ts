import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInput } from '../../../core/errors.ts';
import { refusalOf } from './refusal.ts';
import { type Parts, promptsIn, sourceOf } from './source-of.ts';

const parse = (...parts: Parts) => promptsIn(sourceOf('prompts.csv', ...parts));
const problemsOf = async (...parts: Parts) => (await refusalOf(() => parse(...parts))).problems;
const contentsOf = async (...parts: Parts) => (await parse(...parts)).map(({ messages }) => messages.at(-1)?.content);

describe('a CSV file', () => {
  test('has a prompt in each row, with what its columns say', async () => {
    const row = 'Where is it?,Be brief.,p-1,It is late.,late; desk,"[{""kind"": ""words"", ""max"": 30}]"';

    expect(await parse(`prompt,system,id,reference,tags,checks\n${row}\n`)).toEqual([
      {
        id: 'p-1',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Where is it?' },
        ],
        checks: [{ kind: 'words', max: 30 }],
        reference: 'It is late.',
        tags: ['late', 'desk'],
      },
    ]);
  });

  test('may leave columns out, have them in any order, and fields empty', async () => {
    const [one, other] = await parse('tags,prompt,checks,reference\n,a,,\nx,b, ,r\n');

    expect(Object.keys(one ?? {})).toEqual(['id', 'messages']);
    expect(other).toMatchObject({ messages: [{ content: 'b' }], tags: ['x'], reference: 'r' });
  });

  test('may have delimiters, quotes and line ends in quotes', async () => {
    expect(await contentsOf('prompt,id\n"a, ""b""\nand c",1\n"d\r\ne",2\n')).toEqual(['a, "b"\nand c', 'd\r\ne']);
  });

  test.each([
    ['semicolons', 'prompt;id\na, b;1\n'],
    ['tabs', 'prompt\tid\na, b\t1\n'],
  ])('may be divided by %s', async (_, text) => {
    expect(await contentsOf(text)).toEqual(['a, b']);
  });

  test('may have a byte order mark, Windows line ends, empty rows, and no line end at its end', async () => {
    expect(await contentsOf('\uFEFFprompt,id\r\na,1\r\n\r\n , \r\nb,2')).toEqual(['a', 'b']);
  });

  test('may come in pieces that cut rows and characters', async () => {
    const bytes = Buffer.from('prompt,id\n"Où est\n📦 ?",1\n');

    expect(await contentsOf(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(['Où est\n📦 ?']);
  });
});

describe('a CSV file that is not usable', () => {
  test.each([
    [
      'prompt,colour\na,red\n',
      ['line 1: unknown column "colour"; known here: prompt, system, id, reference, tags, checks'],
    ],
    ['promt,id\na,1\n', ['line 1: unknown column "promt"; did you mean "prompt"?']],
    ['Prompt\na\n', ['line 1: unknown column "Prompt"; did you mean "prompt"?']],
    ['prompt,id,id\na,1,2\n', ['line 1: the column "id" stands twice; keep one']],
    ['id,tags\n1,a\n', ['line 1: there is no column "prompt"; name the columns in the first row']],
    ['Where is my parcel?\n', [expect.stringContaining('line 1: unknown column "Where is my parcel?"; known here:')]],
    ['prompt,id\n,1\n', ['prompt (line 2): "" is not allowed; give text that is not empty']],
    [
      'prompt,id\n"a\nb",1\nc, d,2\n',
      [
        'line 4: it has 3 fields and the first row 2; put a field with the delimiter, a quote or a line break in it in quotes',
      ],
    ],
    ['prompt,id\na,b c\n', ['id (line 2): "b c" is not allowed; use 1 to 128 letters, digits and . _ : -']],
    ['prompt,id\na,1\n"b\n",1\n', ['id (line 3): "1" stands on line 2 already; give another id']],
    ['prompt,checks\na,30\n', ['checks (line 2): 30 is not allowed; give a list']],
    [
      'prompt,checks\na,words\n',
      [
        `checks (line 2): it is not JSON (Unexpected token 'w', "words" is not valid JSON); write a list such as "[{""kind"": ""words"", ""max"": 60}]"`,
      ],
    ],
    [
      'prompt,id\na,1\n"b,2\nc,3\n',
      ['line 3: the row that begins here has a quote (") that is never closed; close it'],
    ],
    [
      'prompt,id\n"a\r\nb\r\n",1\n"c"d,3\n',
      [
        'line 5: the row that begins here has a quote (") in the middle of a field; put the whole field in quotes and write each quote within it twice ("")',
      ],
    ],
    [
      'prompt,id\na "b" c,1\n',
      [
        'line 2: the row that begins here has a quote (") in the middle of a field; put the whole field in quotes and write each quote within it twice ("")',
      ],
    ],
  ])('%j', async (text, problems) => {
    expect(await problemsOf(text)).toEqual(problems);
  });

  test.each([[''], ['prompt,id\n'], ['\n\n']])('is empty: %j', async (text) => {
    expect(await problemsOf(text)).toEqual([
      'there is no prompt in it; write the names of the columns in the first row ("prompt" is one), and one prompt a row below',
    ]);
  });

  test('is UTF-16, as Excel writes "Unicode text"', async () => {
    expect(await problemsOf(Buffer.from('\uFEFFprompt\tid\r\na\t1\r\n', 'utf16le'))).toEqual([
      'it is UTF-16 text; save the file as UTF-8',
    ]);
  });

  test('is Latin-1, in the middle of a row', async () => {
    expect(await problemsOf(Buffer.from('prompt,id\na,1\n"b\noù",2\nc,3\n', 'latin1'))).toEqual([
      'line 4: it is not UTF-8 text (byte 0xF9; Latin-1 or Windows-1252?); save the file as UTF-8',
    ]);
  });

  test('has a quote that is not closed, and goes on without end: it is not read into memory', async () => {
    const megabyte = Buffer.from(`${'x'.repeat(1023)}\n`.repeat(1024));
    let taken = 0;
    async function* endless() {
      yield Buffer.from('prompt\n"');
      for (; taken < 100; taken++) yield megabyte;
    }
    const source = {
      name: 'p.csv',
      files: async function* () {
        yield { name: 'p.csv', chunks: endless };
      },
    };

    expect((await refusalOf(() => promptsIn(source))).problems).toEqual([
      'line 2: the row that begins here is longer than 16 MiB; is a quote (") not closed?',
    ]);
    expect(taken).toBeLessThan(20);
  });
});

describe('whatever the text is', () => {
  const marks = fc.string({ unit: fc.constantFrom(...'prompt,id;\t"\r\n a', '\uFEFF') });
  const table = fc.array(fc.array(fc.oneof(fc.string(), marks), { maxLength: 4 }).map((row) => row.join(',')));

  test.each([
    ['any bytes', fc.uint8Array().map((bytes) => [bytes])],
    ['any marks of CSV', marks.map((text) => [text])],
    ['rows of anything', table.map((rows) => ['prompt,id,tags,checks\n', rows.join('\n')])],
  ])('%s: read or refused as invalid input', async (_, texts) => {
    await fc.assert(
      fc.asyncProperty(texts as fc.Arbitrary<Parts>, async (parts) => {
        await parse(...parts).catch((error: unknown) => expect(error).toBeInstanceOf(InvalidInput));
      }),
      { numRuns: 4_000 },
    );
  });

  test('what is written by the rules is read as it was, with the lines that it stands on', async () => {
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const prompt = fc.string({
      unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r\n', ' ', 'ü', '\uFEFF'),
      minLength: 1,
    });
    const visible = prompt.filter((text) => text.trim() !== '');
    await fc.assert(
      fc.asyncProperty(fc.array(visible, { minLength: 1 }), async (prompts) => {
        const text = `prompt,id\n${prompts.map((each, index) => `${quoted(each)},${index}\n`).join('')}`;
        const linesBefore = text.split('\n').length - 1;

        expect(await contentsOf(text)).toEqual(prompts);
        expect(await problemsOf(`${text}x,"a b"\n`)).toEqual([expect.stringContaining(`id (line ${linesBefore + 1})`)]);
      }),
      { numRuns: 1000 },
    );
  });
});
