import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInput } from '../../../core/errors.ts';
import { conversationHash } from '../../../core/split-held-out.ts';
import { parsePrompts, readPrompts } from '../../../lib/loop-file/read-prompts.ts';
import { refusalOf } from './refusal.ts';

async function* chunksOf(...parts: (string | Uint8Array)[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}
const parse = (...parts: (string | Uint8Array)[]) => parsePrompts('prompts.jsonl', chunksOf(...parts));
const problemsOf = async (...parts: (string | Uint8Array)[]) => (await refusalOf(() => parse(...parts))).problems;

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

    expect(await parsePrompts('prompts.jsonl', reusing())).toHaveLength(1);
  });

  test('is read from the disk, whole', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ratchet-prompts-'));
    const path = join(directory, 'prompts.jsonl');
    const contents = Array.from({ length: 3000 }, (_, index) => `Where is parcel ${index}? ${'x'.repeat(90)}`);
    await writeFile(path, contents.map((prompt) => `${JSON.stringify({ prompt })}\n`).join(''));

    expect((await readPrompts(path)).map((prompt) => prompt.messages[0]?.content)).toEqual(contents);
    await rm(directory, { recursive: true });
  });
});

describe('a file that is not usable', () => {
  test('is missing', async () => {
    const path = join(tmpdir(), 'ratchet-no-such-file.jsonl');

    expect((await refusalOf(() => readPrompts(path))).message).toBe(
      `${path} is not usable:\n  - there is no such file; check the path and the directory that you are in`,
    );
  });

  test('is a directory', async () => {
    expect((await refusalOf(() => readPrompts(tmpdir()))).problems).toEqual([
      'this is a directory; name the file in it',
    ]);
  });

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

  test('has a line in another encoding', async () => {
    expect(await problemsOf('{"prompt":"a"}\n{"prompt":"', Uint8Array.of(0xe9), '"}\n')).toEqual([
      'line 2: it is not UTF-8 text; save the file as UTF-8',
    ]);
  });

  test('has a line of 10 MB, which is not held in memory; the lines after it are still read', async () => {
    const megabyte = Buffer.alloc(1_000_000, 'x');

    expect(await problemsOf('{"prompt":"a"}\n{"prompt":"', ...Array(10).fill(megabyte), '"}\n7\n')).toEqual([
      'line 2: it is longer than 1 MiB; give images as URLs, or shorten the prompt',
      'line 3: 7 is not a prompt; write one JSON object a line',
    ]);
  });

  test('a line of exactly 1 MiB is fine, one byte more is not', async () => {
    const line = (bytes: number) => `{"prompt":"${'x'.repeat(bytes - 13)}"}`;

    expect(await parse(line(1_048_576))).toHaveLength(1);
    expect(await problemsOf(line(1_048_577))).toHaveLength(1);
  });

  test('has more than 20 problems: 20 are shown, the rest is counted', async () => {
    const problems = await problemsOf('null\n'.repeat(50));

    expect(problems).toHaveLength(21);
    expect(problems[19]).toBe('line 20: an empty value (null) is not a prompt; write one JSON object a line');
    expect(problems[20]).toBe('and 30 more');
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
      'checks[0].kind (line 2): "shorter" is not allowed; give "mentions", "avoids", "words", "ends-with", "matches", "number" or "json"',
    ],
    [check('{"kind":"words"}'), 'checks[0] (line 2): give min or max'],
    [check('{"kind":"words","max":0}'), 'checks[0].max (line 2): 0 is not allowed; give a whole number of at least 1'],
    [
      check('{"kind":"words","maximum":9,"min":1}'),
      'checks[0].maximum (line 2): unknown key; known here: kind, min, max',
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
      { numRuns: 1000 },
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
