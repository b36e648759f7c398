import { createHash } from 'node:crypto';
import { type FileHandle, link, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ArtifactMissing, WriteConflict } from '../../core/errors.ts';
import type { Store, WriteCondition } from '../../core/ports.ts';
import { linesOf, wholeText } from '../read-text.ts';
import { makeDirectory, removeEmptied, syncDirectory } from './folders.ts';
import { whileLocked } from './lock.ts';
import { directoryOf, isOwnFile, pathOf, temporaryName } from './paths.ts';
import { onDisk, onDiskOr } from './translate-error.ts';

const NOT_THERE = ['ENOENT', 'ENOTDIR', 'EISDIR'];
/** Small strings are joined into writes of about this size. */
const BLOCK_BYTES = 65_536;
/** Each turn is lost to another deletion; so many in a row are a disk that lies. */
const MOST_TURNS = 100;

/**
 * A store in a directory of a local disk; several processes may share it. An object's version is the hash of its bytes.
 * A write goes to a temporary file beside the object and appears by one link or rename; a crash leaves at most such a
 * file and a lock, which nobody lists and a later writer gets past. A folder goes with its last object.
 */
export function directoryStore(root: string): Store {
  const top = resolve(root);
  return {
    read: async (key) => readObject(key, pathOf(top, key)),
    lines: (key) => readLines(key, pathOf(top, key)),
    write: async (key, body, condition) => writeObject(key, pathOf(top, key), body, condition),
    list: (prefix) => keysBelow(top, prefix),
    delete: async (key) => deleteObject(top, pathOf(top, key)),
  };
}

async function readObject(key: string, path: string) {
  const bytes = await onDiskOr(NOT_THERE, undefined, path, readFile(path));
  return bytes && { body: wholeText(key, bytes), version: versionOf(bytes) };
}

async function* readLines(key: string, path: string): AsyncIterable<string> {
  const file = await onDiskOr(NOT_THERE, undefined, path, open(path, 'r'));
  if (!file) throw new ArtifactMissing(`${key} is not in the store (${path}).`);
  yield* linesOf(key, chunksOf(file, path));
}

/** Closes the file also when its reader stops early. */
async function* chunksOf(file: FileHandle, path: string): AsyncIterable<Uint8Array> {
  try {
    for (;;) {
      const { bytesRead, buffer } = await onDisk(path, file.read({ buffer: Buffer.allocUnsafe(BLOCK_BYTES) }));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function writeObject(
  key: string,
  path: string,
  body: string | AsyncIterable<string>,
  condition: WriteCondition | undefined,
): Promise<{ version: string }> {
  const draft = join(dirname(path), temporaryName());
  const file = await openDraft(draft);
  try {
    const version = await writeDraft(draft, file, body);
    if (condition && 'ifAbsent' in condition) await publishNew(key, draft, path);
    else await publish(key, draft, path, condition?.ifVersion);
    await syncDirectory(dirname(path));
    return { version };
  } finally {
    // Gone already after a rename. What can't be removed is harmless, and must not hide why the write failed.
    await unlink(draft).catch(() => undefined);
  }
}

/** A link never replaces: of many creators exactly one succeeds, without a lock. */
async function publishNew(key: string, draft: string, path: string): Promise<void> {
  const exists = await onDiskOr(
    ['EEXIST'],
    true,
    path,
    link(draft, path).then(() => false),
  );
  if (exists) throw new WriteConflict(`${key} exists already.`);
}

/** Plain writes lock as well: one that came between a compare and its set would be lost without a trace. */
async function publish(key: string, draft: string, path: string, ifVersion: string | undefined): Promise<void> {
  await whileLocked(path, async (stillHeld) => {
    if (ifVersion !== undefined) {
      const current = await onDiskOr(NOT_THERE, undefined, path, readFile(path));
      if (!current || versionOf(current) !== ifVersion) {
        throw new WriteConflict(`${key} ${current ? 'has changed' : 'is gone'} since it was read.`);
      }
    }
    await stillHeld();
    await onDisk(path, rename(draft, path));
  });
}

async function deleteObject(top: string, path: string): Promise<void> {
  const isThere = async () => (await onDiskOr(NOT_THERE, undefined, path, stat(path))) !== undefined;
  // Where nothing is there is nothing to lock, and maybe no directory to lock it in.
  if (!(await isThere())) return;
  try {
    await whileLocked(path, async (stillHeld) => {
      await stillHeld();
      await onDiskOr(NOT_THERE, undefined, path, unlink(path));
    });
  } catch (error) {
    // Somebody else may have been faster, and the directory is gone with the object.
    if (await isThere()) throw error;
    return;
  }
  await syncDirectory(dirname(path));
  await removeEmptied(top, dirname(path));
}

/** A directory that was emptied may be taken away under our feet. Once the draft is in it, it stays. */
async function openDraft(draft: string): Promise<FileHandle> {
  for (let turn = 1; ; turn++) {
    const expected = turn < MOST_TURNS ? ['ENOENT'] : [];
    const file = await onDiskOr(expected, undefined, dirname(draft), open(draft, 'wx'));
    if (file) return file;
    await makeDirectory(dirname(draft));
  }
}

/** Writes, flushes to the disk and hashes on the way. An error of the body's own source passes through as it is. */
async function writeDraft(draft: string, file: FileHandle, body: string | AsyncIterable<string>): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const block of blocksOf(body)) {
      hash.update(block);
      await onDisk(dirname(draft), file.writeFile(block));
    }
    await onDisk(dirname(draft), file.sync());
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

async function* blocksOf(body: string | AsyncIterable<string>): AsyncIterable<Buffer> {
  if (typeof body === 'string') {
    yield Buffer.from(body);
    return;
  }
  let gathered = '';
  for await (const text of body) {
    gathered += text;
    if (gathered.length >= BLOCK_BYTES) {
      yield Buffer.from(gathered);
      gathered = '';
    }
  }
  yield Buffer.from(gathered);
}

/** Keys in the order of S3: by their UTF-8 bytes, where `a-b` comes before `a/b`. */
async function* keysBelow(top: string, prefix: string): AsyncIterable<string> {
  const directory = directoryOf(top, prefix);
  const entries = await onDiskOr(NOT_THERE, [], directory, readdir(directory, { withFileTypes: true }));
  const names = entries
    .filter((entry) => (entry.isFile() || entry.isDirectory()) && !isOwnFile(entry.name))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .map((name) => ({ name, bytes: Buffer.from(name) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  for (const { name } of names) {
    if (name.endsWith('/')) yield* keysBelow(top, prefix + name);
    else yield prefix + name;
  }
}

function versionOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
