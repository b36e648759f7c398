import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ObjectReader, promptSource } from '../../../lib/loop-file/prompt-source.ts';
import { refusalOf } from './refusal.ts';
import { folderOf, promptsIn } from './source-of.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-prompts-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const noObjects: ObjectReader = (url) => {
  throw new Error(`${url} was not to be read`);
};
const read = (place: string, readObjects = noObjects) => promptsIn(promptSource(place, readObjects));
const idsIn = async (place: string, readObjects = noObjects) => (await read(place, readObjects)).map(({ id }) => id);
const line = (id: string) => `{"id":"${id}","prompt":"Where is ${id}?"}\n`;

describe('a file', () => {
  test('is read from the disk, whole', async () => {
    const path = join(root, 'prompts.jsonl');
    const ids = Array.from({ length: 3000 }, (_, index) => `parcel-${index}-${'x'.repeat(90)}`);
    await writeFile(path, ids.map(line).join(''));

    expect(await idsIn(path)).toEqual(ids);
  });

  test('is CSV by the end of its name, and JSONL otherwise', async () => {
    await writeFile(join(root, 'a.csv'), 'id,prompt\nx,Where?\n');
    await writeFile(join(root, 'b.txt'), line('y'));

    expect([await idsIn(join(root, 'a.csv')), await idsIn(join(root, 'b.txt'))]).toEqual([['x'], ['y']]);
  });

  test('can be read again', async () => {
    const path = join(root, 'prompts.jsonl');
    await writeFile(path, line('a'));
    const source = promptSource(path, noObjects);

    expect(await promptsIn(source)).toEqual(await promptsIn(source));
  });

  test('that is missing is told with its path', async () => {
    const path = join(root, 'nowhere.jsonl');

    expect((await refusalOf(() => read(path))).message).toBe(
      `${path} is not usable:\n  - there is no such file; check the path and the directory that you are in`,
    );
  });
});

describe('a folder', () => {
  test('is all its JSONL and CSV files by name; others and folders in it are left alone', async () => {
    await writeFile(join(root, 'b.jsonl'), line('b'));
    await writeFile(join(root, 'a.CSV'), 'id,prompt\na,Where?\n');
    await writeFile(join(root, 'README.md'), 'Prompts.');
    await mkdir(join(root, 'c.jsonl'));

    expect(await idsIn(root)).toEqual(['a', 'b']);
  });

  test('names the file of a problem, without its path', async () => {
    await writeFile(join(root, 'b.jsonl'), '7\n');

    expect((await refusalOf(() => read(root))).message).toBe(
      `${root} is not usable:\n  - b.jsonl: line 1: 7 is not a prompt; write one JSON object a line`,
    );
  });

  test('without such a file is refused', async () => {
    await writeFile(join(root, 'prompts.json'), '[]');

    expect((await refusalOf(() => read(root))).problems).toEqual([
      'there is no *.jsonl and no *.csv file in it; put the prompts there, or name another place',
    ]);
  });
});

describe('a URL of S3', () => {
  const reading = (asked: string[], files: Readonly<Record<string, string>>): ObjectReader => {
    return (url) => {
      asked.push(url);
      const parts = Object.entries(files).map(([name, text]) => [name, [text]] as const);
      return folderOf(url, Object.fromEntries(parts)).files();
    };
  };

  test('of a prefix is all JSONL and CSV objects below it', async () => {
    const asked: string[] = [];
    const objects = reading(asked, {
      'day=1/a.jsonl': line('a'),
      _SUCCESS: '',
      'day=2/b.csv': 'id,prompt\nb,Where?\n',
    });

    expect(await idsIn('s3://bucket/prompts/', objects)).toEqual(['a', 'b']);
    expect(asked).toEqual(['s3://bucket/prompts/']);
  });

  test('of a key is this object, whatever it is called', async () => {
    expect(await idsIn('s3://bucket/prompts', reading([], { 's3://bucket/prompts': line('a') }))).toEqual(['a']);
  });

  test('of a prefix with nothing below it is refused', async () => {
    expect((await refusalOf(() => read('s3://bucket/prompts/', reading([], {})))).message).toBe(
      's3://bucket/prompts/ is not usable:\n  - there is no *.jsonl and no *.csv file in it; put the prompts there, or name another place',
    );
  });
});
