import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInput } from '../../../core/errors.ts';
import { conversationHash } from '../../../core/split-held-out.ts';
import { readPrompts } from '../../../lib/loop-file/read-prompts.ts';
import { all } from '../../providers/store-moves.ts';
import { refusalOf } from './refusal.ts';
import { folderOf, type Parts, promptsIn, sourceOf } from './source-of.ts';

const parse = (...parts: Parts) => promptsIn(sourceOf('prompts.jsonl', ...parts));
const problemsOf = async (...parts: Parts) => (await refusalOf(() => parse(...parts))).problems;

const full =
  '{"id":"p-1","messages":[{"role":"user","content":"Hello?"}],"checks":[{"kind":"words","max":9}],"reference":"Hi","tags":["greeting"]}';

describe('a prompt', () => {
  test('in full is read as it stands', async () => {
    expect(await parse(full)).toEqual([JSON.parse(full)]);
  });

  test('in short is one message of the user, and takes its checks along', async () => {
    expect(await parse('{"id":"a","prompt":"Hello?","checks":[{"kind":"json"}]}')).toEqual([
      { id: 'a', messages: [{ role: 'user', content: 'Hello?' }], checks: [{ kind: 'json' }] },
    ]);
  });

  test('without an id is named by its conversation, in either form', async () => {
    const messages = [{ role: 'user' as const, content: 'Hello?' }];
    const [short, long] = await parse(
      '{"prompt":"Hello?"}\n{"messages":[{"content":"Hello?","role":"user"}],"tags":[]}',
    );

    expect(short?.id).toBe(conversationHash({ messages }));
    expect(long?.id).toBe(short?.id);
  });
});

describe('a file', () => {
  test('may have a byte order mark, Windows line ends, empty lines, and no line end at its end', async () => {
    const prompts = await parse('\uFEFF{"prompt":"a"}\r\n\r\n   \n{"prompt":"b"}\r\n', '{"prompt":"c"}');

    expect(prompts.map((prompt) => prompt.messages[0]?.content)).toEqual(['a', 'b', 'c']);
  });

  test('may come in pieces that cut lines and characters', async () => {
    const bytes = Buffer.from('{"prompt":"Où est 📦 ?"}\n{"prompt":"b"}\n');
    const prompts = await parse(...Array.from(bytes, (byte) => Uint8Array.of(byte)));

    expect(prompts.map((prompt) => prompt.messages[0]?.content)).toEqual(['Où est 📦 ?', 'b']);
  });

  test('may come from a stream that uses the memory of its pieces again', async () => {
    async function* reusing() {
      const piece = Buffer.alloc(1);
      for (const byte of Buffer.from('{"prompt":"a"}')) {
        piece[0] = byte;
        yield piece;
      }
    }

    const source = {
      name: 'p',
      files: async function* () {
        yield { name: 'p', chunks: reusing };
      },
    };

    expect(await all(readPrompts(source, []))).toHaveLength(1);
  });
});

describe('a file that is not usable', () => {
  test.each([[''], ['\n \r\n'], ['\uFEFF']])('is empty: %j', async (text) => {
    expect(await problemsOf(text)).toEqual([
      'there is no prompt in it; write one JSON object a line, such as {"prompt": "Where is my parcel?"}',
    ]);
  });

  test('has an id twice', async () => {
    expect(await problemsOf('{"id":"a","prompt":"x"}\n\n{"id":"a","prompt":"y"}')).toEqual([
      'id (line 3): "a" stands on line 1 already; give another id',
    ]);
  });

  test('has an id that another prompt gets from its content', async () => {
    const id = conversationHash({ messages: [{ role: 'user', content: 'x' }] });

    expect(await problemsOf(`{"prompt":"x"}\n{"id":"${id}","prompt":"y"}`)).toEqual([
      `id (line 2): "${id}" stands on line 1 already; give another id`,
    ]);
  });

  test('is called by its name in the message', async () => {
    expect((await refusalOf(() => parse('7'))).message).toBe(
      'prompts.jsonl is not usable:\n  - line 1: 7 is not a prompt; write one JSON object a line',
    );
  });

  test.each([
    ['little-endian, with its mark', Buffer.from('\uFEFF{"prompt":"a"}\n{"prompt":"b"}\n', 'utf16le')],
    ['big-endian, with its mark', Buffer.from('\uFEFF{"prompt":"a"}\n', 'utf16le').swap16()],
    ['without a mark', Buffer.from('{"prompt":"a"}\n', 'utf16le')],
  ])('is UTF-16, %s: told once, by its name', async (_, bytes) => {
    expect(await problemsOf(bytes)).toEqual(['it is UTF-16 text; save the file as UTF-8']);
  });

  test('is compressed', async () => {
    expect(await problemsOf(gzipSync('{"prompt":"a"}\n'))).toEqual(['it is compressed (gzip); unpack the file first']);
  });

  test('is a spreadsheet', async () => {
    expect(await problemsOf('PK\u0003\u0004 and so on\n')).toEqual([
      'it is a ZIP archive or a spreadsheet; give the text in it, such as CSV in UTF-8',
    ]);
  });

  test('has a line in Latin-1: the line and the byte are named', async () => {
    expect(await problemsOf('{"prompt":"é"}\n', Buffer.from('{"prompt":"où"}\n', 'latin1'))).toEqual([
      'line 2: it is not UTF-8 text (byte 0xF9; Latin-1 or Windows-1252?); save the file as UTF-8',
    ]);
  });

  test('has a line of more than 16 MiB, which is not held in memory; the lines after it are still read', async () => {
    const megabyte = Buffer.alloc(1_048_576, 'x');

    expect(await problemsOf('{"prompt":"a"}\n{"prompt":"', ...Array(16).fill(megabyte), '"}\n7\n')).toEqual([
      'line 2: it is longer than 16 MiB; give images as URLs, or shorten the prompt',
      'line 3: 7 is not a prompt; write one JSON object a line',
    ]);
  });

  test('a line of exactly 16 MiB is fine, one byte more is not', async () => {
    const line = (bytes: number) => `{"prompt":"${'x'.repeat(bytes - 13)}"}`;

    expect(await parse(line(16_777_216))).toHaveLength(1);
    expect(await problemsOf(line(16_777_217))).toHaveLength(1);
  });

  test('has more than 20 problems: 20 are shown, the rest is counted', async () => {
    const problems = await problemsOf('null\n'.repeat(50));

    expect(problems).toHaveLength(21);
    expect(problems[19]).toBe('line 20: an empty value (null) is not a prompt; write one JSON object a line');
    expect(problems[20]).toBe('and 30 more');
  });
});

describe('several files', () => {
  test('are read as one, in their order; each line is counted in its own file', async () => {
    const folder = folderOf('folder', {
      'a.jsonl': ['{"id":"a1","prompt":"1"}\n\n', '{"id":"a3","prompt":"2"}'],
      'b.CSV': ['id,prompt\nb1,3\n'],
    });

    expect((await promptsIn(folder)).map(({ id }) => id)).toEqual(['a1', 'a3', 'b1']);
  });

  test('problems name their file, and where an id stands already', async () => {
    const folder = folderOf('folder', {
      'a.jsonl': ['{"id":"x","prompt":"1"}\n{"id":"y","prompt":"2"}\nnull\n'],
      'b.jsonl': ['{"id":"y","prompt":"3"}\n{"id":"z","prompt":"4"}\n{"id":"z","prompt":"5"}'],
      'c.csv': ['id,prompt\n"y",6\n'],
    });

    expect((await refusalOf(() => promptsIn(folder))).message).toBe(
      [
        'folder is not usable:',
        '  - a.jsonl: line 3: an empty value (null) is not a prompt; write one JSON object a line',
        '  - b.jsonl: id (line 1): "y" stands on line 2 of a.jsonl already; give another id',
        '  - b.jsonl: id (line 3): "z" stands on line 2 already; give another id',
        '  - c.csv: id (line 2): "y" stands on line 2 of a.jsonl already; give another id',
      ].join('\n'),
    );
  });

  test('may be empty, but not all of them', async () => {
    expect(await promptsIn(folderOf('folder', { 'a.jsonl': [''], 'b.jsonl': ['{"prompt":"x"}'] }))).toHaveLength(1);
    expect((await refusalOf(() => promptsIn(folderOf('folder', { 'a.jsonl': [''], 'b.jsonl': [] })))).problems).toEqual(
      ['there is no prompt in it; write one JSON object a line, such as {"prompt": "Where is my parcel?"}'],
    );
  });
});

describe('a line that is not usable is answered with its number, its path and what is allowed', () => {
  const message = (content: string, role = 'user') => `{"messages":[{"role":"${role}","content":${content}}]}`;
  const check = (text: string) => `{"prompt":"x","checks":[${text}]}`;

  test.each([
    [
      '{"prompt":"x",}',
      'line 2: it is not JSON (Expected double-quoted property name in JSON at position 14 (line 1 column 15)); write one JSON object a line',
    ],
    ['["x"]', 'line 2: a list is not a prompt; write one JSON object a line'],
    ['"x"', 'line 2: "x" is not a prompt; write one JSON object a line'],
    ['{}', 'messages (line 2): missing; give a list with at least one entry'],
    ['{"prompt":""}', 'prompt (line 2): "" is not allowed; give text that is not empty'],
    ['{"prompt":7}', 'prompt (line 2): 7 is not allowed; give text that is not empty, in quotes'],
    ['{"prompt":"x","id":"a b"}', 'id (line 2): "a b" is not allowed; use 1 to 128 letters, digits and . _ : -'],
    [
      '{"prompt":"x","reference":null}',
      'reference (line 2): an empty value (null) is not allowed; give text, or leave the key out',
    ],
    ['{"prompt":"x","tag":["a"]}', 'tag (line 2): unknown key; did you mean "tags"?'],
    [`{"prompt":"x",${message('"x"').slice(1)}`, 'line 2: it has both "prompt" and "messages"; keep one'],
    ['{"messages":[]}', 'messages (line 2): an empty list is not allowed; give a list with at least one entry'],
    [message('"x"', 'assistant'), 'messages (line 2): the last message must have the role user'],
    [message('"x"', 'bot'), 'messages[0].role (line 2): "bot" is not allowed; give "system", "user" or "assistant"'],
    [message('7'), 'messages[0].content (line 2): 7 is not allowed; give text or a list with at least one entry'],
    [message('[{"type":"text"}]'), 'messages[0].content[0].text (line 2): missing; give text'],
    [
      message('[{"type":"audio"}]'),
      'messages[0].content[0].type (line 2): "audio" is not allowed; give "text" or "image_url"',
    ],
    [
      message('[{"type":"text","txt":"x","text":"x"}]'),
      'messages[0].content[0].txt (line 2): unknown key; did you mean "text"?',
    ],
    [
      check('{"kind":"shorter"}'),
      expect.stringMatching(
        /^checks\[0\]\.kind \(line 2\): "shorter" is not allowed; give "mentions", "avoids", .* or "\w+"$/,
      ),
    ],
    [check('{"kind":"words"}'), 'checks[0] (line 2): give min or max'],
    [check('{"kind":"words","max":0}'), 'checks[0].max (line 2): 0 is not allowed; give a whole number of at least 1'],
    [
      check('{"kind":"avoids","phrases":["a"],"words":["a"]}'),
      'checks[0].phrases (line 2): unknown key; known here: kind, words',
    ],
    [
      check('{"kind":"matches","pattern":"("}'),
      'checks[0].pattern (line 2): "(" is not allowed; not a regular expression',
    ],
  ])('%s', async (line, problem) => {
    expect(await problemsOf(`{"prompt":"good"}\n${line}\n`)).toEqual([problem]);
  });

  test('with a misspelt key for the prompt', async () => {
    expect(await problemsOf('{"promt":"x"}')).toEqual([
      'messages (line 1): missing; give a list with at least one entry',
      'promt (line 1): unknown key; did you mean "prompt"?',
    ]);
  });
});

describe('whatever the bytes are', () => {
  const cut = fc
    .tuple(fc.nat(full.length), fc.nat(9), fc.string({ unit: 'binary', maxLength: 9 }))
    .map(([at, length, more]) => {
      return Buffer.from(full.slice(0, at) + more + full.slice(at + length));
    });
  const values = fc
    .tuple(fc.constantFrom('id', 'messages', 'checks', 'reference', 'tags', 'prompt', '__proto__'), fc.jsonValue())
    .map(([key, value]) => Buffer.from(`${full.slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(value)}}`));

  test.each([
    ['any bytes', fc.uint8Array()],
    ['a prompt with a cut', cut],
    ['a prompt with another value', values],
  ])('%s: read or refused as invalid input', async (_, parts) => {
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 3 }), async (bytes) => {
        await parse(...bytes).catch((error: unknown) => expect(error).toBeInstanceOf(InvalidInput));
      }),
      { numRuns: 10_000 },
    );
  });

  test('what is read is every prompt of the file, in its order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ minLength: 1, unit: 'binary' }), { minLength: 1 }), async (contents) => {
        const prompts = await parse(contents.map((prompt) => JSON.stringify({ prompt })).join('\n'));

        expect(prompts.map((prompt) => prompt.messages[0]?.content)).toEqual(contents);
      }),
    );
  });
});
