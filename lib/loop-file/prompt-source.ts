import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInput } from '../../core/errors.ts';
import { fileProblem } from './file-problem.ts';

/** One file of prompts: on the disk, or an object in S3. */
export interface PromptFile {
  /** Within its source, or that of the source where it is its only file. It ends with .csv where the file is CSV. */
  readonly name: string;
  chunks(): AsyncIterable<Uint8Array>;
}

/** A set of prompts as the user keeps it, in one file or several. It can be read again and again. */
export interface PromptSource {
  readonly name: string;
  /** In the order of their names. Throws InvalidInput. */
  files(): AsyncIterable<PromptFile>;
}

/** The files at an `s3://` URL. Throws InvalidInput, StoreUnavailable. */
export type ObjectReader = (url: string) => AsyncIterable<PromptFile>;

const isPromptFile = (name: string) => /\.(jsonl|csv)$/i.test(name);

export function isObjectUrl(place: string): boolean {
  return place.startsWith('s3://');
}

/** `place` is the path of a file or a folder, or an `s3://` URL, where one that ends with `/` is a prefix. */
export function promptSource(place: string, readObjects: ObjectReader): PromptSource {
  return { name: place, files: () => filesAt(place, readObjects) };
}

async function* filesAt(place: string, readObjects: ObjectReader): AsyncIterable<PromptFile> {
  const isFolder = isObjectUrl(place) ? place.endsWith('/') : await isDirectory(place);
  const all = isObjectUrl(place) ? readObjects(place) : isFolder ? filesIn(place) : [fileAt(place)];
  let files = 0;
  for await (const file of all) {
    if (isFolder && !isPromptFile(file.name)) continue;
    files++;
    yield file;
  }
  if (files > 0) return;
  throw new InvalidInput(place, [
    'there is no *.jsonl and no *.csv file in it; put the prompts there, or name another place',
  ]);
}

async function isDirectory(path: string): Promise<boolean> {
  return (await readable(path, stat(path))).isDirectory();
}

async function* filesIn(folder: string): AsyncIterable<PromptFile> {
  const entries = await readable(folder, readdir(folder, { withFileTypes: true }));
  const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  for (const name of names.sort()) yield { ...fileAt(join(folder, name)), name };
}

function fileAt(path: string): PromptFile {
  return { name: path, chunks: () => chunksOf(path) };
}

async function* chunksOf(path: string): AsyncIterable<Uint8Array> {
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw refusal(path, cause);
  }
}

async function readable<T>(path: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    throw refusal(path, cause);
  }
}

function refusal(path: string, cause: unknown): unknown {
  const problem = fileProblem(cause);
  return problem === undefined ? cause : new InvalidInput(path, [problem], { cause });
}
