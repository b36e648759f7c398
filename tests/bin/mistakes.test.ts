import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ratchet } from './command-line.ts';
import { smallLoop } from './small-loop.ts';

let directory: string;
let file: string;
let server: Server;
let port: number;

beforeAll(async () => {
  ({ directory, file } = await smallLoop());
  server = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
  server.close();
  await rm(directory, { recursive: true, force: true });
});

const jsonKey = (line: string) => `${line.replace(/^(\w+): (\w+)$/, '"$1": "$2"')},\n`;

/** What is mistyped, and what the answer must contain: what happened, to what, or what to do. */
const mistakes: readonly { readonly words: readonly string[]; readonly says: readonly string[] }[] = [
  { words: ['run'], says: ["missing required argument 'loop'"] },
  { words: ['bogus'], says: ["unknown command 'bogus'", '--help'] },
  { words: ['status', '--bogus'], says: ["unknown option '--bogus'", '--help'] },
  { words: ['run', 'nowhere.yaml'], says: ['nowhere.yaml', 'there is no such file'] },
  { words: ['run', 'FILE', '--seed', 'x', '--rounds', '0'], says: ['--seed: give a whole number', '--rounds: give'] },
  { words: ['run', 'FILE', '--run', 'Bad Name'], says: ['--run: use 1 to 80 lower-case'] },
  { words: ['run', 'FILE', '--run', 'latest'], says: ['--run: runs/latest is the link to the latest run'] },
  { words: ['resume', 'nobody'], says: ['The run nobody', 'ratchet -- run'] },
  { words: ['resume', '--usd', 'zero'], says: ['--usd: give US dollars'] },
  { words: ['report'], says: ['there are no runs here yet'] },
  { words: ['models', 'nobody'], says: ['The loop nobody', 'no loop has run'] },
  { words: ['rollback'], says: ['no loop has run'] },
  { words: ['sandbox', '--port', 'abc'], says: ['--port: give a whole number, 0 to 65535'] },
  { words: ['sandbox', '--fault', 'noise=2'], says: ['--fault', 'shares are 0 to 1'] },
];

describe('a mistake is exit code 2, with words and no stack trace', () => {
  test.each(mistakes)('ratchet $words', async ({ words, says }) => {
    const given = words.map((word) => (word === 'FILE' ? file : word));
    const { code, stdout, stderr } = await ratchet([...given, '--store', directory, '--json']);

    expect([code, stdout]).toEqual([2, []]);
    for (const part of says) expect(stderr).toContain(part);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

test('a loop file with mistakes names each one with its line', async () => {
  const path = join(directory, 'bad.yaml');
  await writeFile(path, 'name: Small\nskil: nope\n');
  const { code, stderr } = await ratchet(['run', path, '--store', directory]);

  expect(code).toBe(2);
  expect(stderr).toContain('name (line 1)');
  expect(stderr).toContain('did you mean "skill"?');
});

test('of a loop file with more than twenty mistakes, twenty are shown with their lines, and the rest is counted', async () => {
  const path = join(directory, 'worse.yaml');
  const unknown = Array.from({ length: 24 }, (_, index) => `colour${index}: red`);
  await writeFile(path, `${await readFile(file, 'utf8')}`.replace('{\n', `{\n${unknown.map(jsonKey).join('')}`));
  const { code, stderr } = await ratchet(['run', path, '--store', directory]);

  expect(code).toBe(2);
  for (let line = 2; line < 22; line++)
    expect(stderr).toContain(`colour${line - 2} (line ${line}): unknown key; known here:`);
  expect(stderr).not.toContain('colour20');
  expect(stderr).toContain('- and 4 more');
});

/** Prompts that can't be used, and the whole answer, in which FILE is the path of the prompts. */
const badPrompts: readonly (readonly [name: string, content: string | Buffer, problems: readonly string[]])[] = [
  [
    'empty.jsonl',
    '',
    ['there is no prompt in it; write one JSON object a line, such as {"prompt": "Where is my parcel?"}'],
  ],
  [
    'broken.jsonl',
    '{"prompt":"a"}\n{"prompt":"b"\n{"id":"x","prompt":"c"}\n{"id":"x","prompt":"d"}\n',
    [
      "line 2: it is not JSON (Expected ',' or '}' after property value in JSON at position 13 (line 1 column 14)); write one JSON object a line",
      'id (line 4): "x" stands on line 3 already; give another id',
    ],
  ],
  ['utf-16.jsonl', Buffer.from('\uFEFF{"prompt":"a"}\n', 'utf16le'), ['it is UTF-16 text; save the file as UTF-8']],
  [
    'latin-1.csv',
    Buffer.from('prompt\noù\n', 'latin1'),
    ['line 2: it is not UTF-8 text (byte 0xF9; Latin-1 or Windows-1252?); save the file as UTF-8'],
  ],
  ['column.csv', 'promt\na\n', ['line 1: unknown column "promt"; did you mean "prompt"?']],
];

describe('prompts that are not usable are exit code 2, and every problem is told', () => {
  test.each(badPrompts)('%s', async (name, content, problems) => {
    const bad = await smallLoop({ prompts: { train: name } });
    await writeFile(join(bad.directory, name), content);
    const { code, stdout, stderr } = await ratchet(['run', bad.file, '--store', bad.directory, '--json']);
    await rm(bad.directory, { recursive: true });

    expect([code, stdout]).toEqual([2, []]);
    const lines = problems.map((problem) => `  - ${problem}`).join('\n');
    expect(stderr).toContain(`${join(bad.directory, name)} is not usable:\n${lines}\n`);
  });

  test('a line of 10 MB is fine', async () => {
    const large = await smallLoop({ prompts: { train: 'train.jsonl', heldOut: 'none.jsonl' } });
    await writeFile(join(large.directory, 'train.jsonl'), `{"prompt":"${'x'.repeat(10_000_000)}"}\n`);
    await writeFile(join(large.directory, 'none.jsonl'), '7\n');
    const { code, stderr } = await ratchet(['run', large.file, '--store', large.directory]);
    await rm(large.directory, { recursive: true });

    expect(code).toBe(2);
    expect(stderr).toContain('none.jsonl is not usable');
    expect(stderr).not.toContain('train.jsonl');
  });

  test('a bucket without credentials names the URL and the variables', async () => {
    const remote = await smallLoop({ prompts: { train: 's3://prompts-of-nobody/train.jsonl' } });
    const { code, stderr } = await ratchet(['run', remote.file, '--store', remote.directory]);
    await rm(remote.directory, { recursive: true });

    expect(code).toBe(2);
    expect(stderr).toContain('s3://prompts-of-nobody/train.jsonl is not usable');
    expect(stderr).toMatch(/set AWS_REGION|set AWS_PROFILE/);
  });
});

test('an endpoint that is away is told before anything starts', async () => {
  const away = await smallLoop({ teacher: { endpoint: 'http://127.0.0.1:1/v1', model: 'any' } });
  const { code, stderr, stdout } = await ratchet(['run', away.file, '--store', away.directory]);
  await rm(away.directory, { recursive: true });

  expect([code, stdout]).toEqual([2, []]);
  expect(stderr).toContain('teacher.endpoint: http://127.0.0.1:1/v1 does not answer');
});

test('a key that is not set is told before anything starts', async () => {
  const endpoint = `http://127.0.0.1:${port}/v1`;
  const keyless = await smallLoop({ teacher: { endpoint, model: 'any', apiKeyEnv: 'RATCHET_TEST_KEY' } });
  const { code, stderr } = await ratchet(['run', keyless.file, '--store', keyless.directory]);
  await rm(keyless.directory, { recursive: true });

  expect(code).toBe(2);
  expect(stderr).toContain('the environment variable RATCHET_TEST_KEY is not set');
});

test('a port that is taken is told, with what to do', async () => {
  const { code, stderr } = await ratchet(['sandbox', '--port', String(port), '--store', directory]);

  expect(code).toBe(2);
  expect(stderr).toContain(`The port ${port}`);
  expect(stderr).toContain('--port 0');
});

test('a store that can not be written is exit code 1, and names the place', async () => {
  const { code, stderr } = await ratchet(['run', file, '--store', file]);

  expect(code).toBe(1);
  expect(stderr).toContain('StoreRefused');
  expect(stderr).toContain(file);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('a host that does not exist is told before anything starts', async () => {
  const nowhere = await smallLoop({ student: { endpoint: 'http://models.invalid/v1', model: 'any' } });
  const { code, stderr } = await ratchet(['run', nowhere.file, '--store', nowhere.directory]);
  await rm(nowhere.directory, { recursive: true });

  expect(code).toBe(2);
  expect(stderr).toMatch(
    /student\.endpoint: http:\/\/models\.invalid\/v1 does not answer \((ENOTFOUND|EAI_AGAIN)\); start it, or correct the address/,
  );
});

describe('what a student refuses is exit code 1, with the endpoint, the model and what to do', () => {
  const answers = {
    key: [
      401,
      'Incorrect API key provided.',
      'CredentialRefused',
      'Check the key in the environment variable that apiKeyEnv names.',
    ],
    model: [
      404,
      'The model `gpt-5o` does not exist.',
      'ProviderRejectedRequest',
      'Check the model id and the base URL.',
    ],
  } as const;
  let refusing: Server;
  beforeAll(async () => {
    refusing = createServer((request, response) => {
      const [status, message] = answers[request.url?.startsWith('/key') ? 'key' : 'model'];
      response.writeHead(request.method === 'GET' ? 200 : status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message, type: 'invalid_request_error', code: null, param: null } }));
    });
    await new Promise<void>((resolve) => {
      refusing.listen(0, '127.0.0.1', resolve);
    });
  });
  afterAll(() => {
    refusing.close();
  });

  test.each(['key', 'model'] as const)('a wrong %s', async (what) => {
    const host = `127.0.0.1:${(refusing.address() as AddressInfo).port}`;
    const wrong = await smallLoop({ student: { endpoint: `http://${host}/${what}/v1`, model: 'gpt-5o' } });
    const { code, stderr } = await ratchet(['run', wrong.file, '--store', wrong.directory]);
    await rm(wrong.directory, { recursive: true });

    const [status, message, name, remedy] = answers[what];
    expect([code, stderr]).toEqual([1, expect.stringContaining(name)]);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      `POST ${host}/${what}/v1/chat/completions (model gpt-5o) answered ${status} ${message} ${remedy}`,
    );
  });
});

test('a run that fails is exit code 1, with the name of the error and how to go on', async () => {
  const failing = await smallLoop({ student: { endpoint: 'sandbox', model: 'desk-bass' } });
  const { code, stdout, stderr } = await ratchet(['run', failing.file, '--store', failing.directory]);
  await rm(failing.directory, { recursive: true });

  expect(code).toBe(1);
  expect(stderr).toContain('ProviderRejectedRequest');
  expect(stderr).toContain('desk-bass');
  expect(stdout.join('\n')).toContain(`npm run ratchet -- resume small-1 --store ${failing.directory}`);
});
