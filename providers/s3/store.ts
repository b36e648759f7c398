import { buffer } from 'node:stream/consumers';
import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { ArtifactMissing, InvalidInput } from '../../core/errors.ts';
import type { Store } from '../../core/ports.ts';
import { linesOf, wholeText } from '../read-text.ts';
import { s3Client } from './client.ts';
import { keysBelow } from './keys-below.ts';
import { openObject } from './open-object.ts';
import { named, onS3, type S3Object, urlOf } from './s3-object.ts';
import { storeFailure } from './translate-error.ts';
import { writeObject } from './write-object.ts';

export interface S3Place {
  readonly bucket: string;
  readonly client?: S3Client;
  /** Before every key; it ends with `/`. */
  readonly prefix?: string;
}

/**
 * A store in a bucket; any number of processes may share it. An object's version is its ETag, which may be the same for the
 * same bytes. Conditions are S3's own (If-None-Match, If-Match), so there is no lock. Deleting in a versioned bucket leaves
 * the versions.
 */
export function s3Store({ bucket, client = s3Client(), prefix = '' }: S3Place): Store {
  const at = (key: string): S3Object => ({ client, bucket, key: prefix + key, translate: storeFailure });
  return {
    read: async (key) => readObject(key, at(objectKey(key))),
    lines: (key) => readLines(key, at(objectKey(key))),
    write: async (key, body, condition) => ({ version: await writeObject(at(objectKey(key)), body, condition) }),
    list: (below) => listKeys(prefix, at(listPrefix(below))),
    delete: async (key) => deleteObject(at(objectKey(key))),
  };
}

async function readObject(key: string, object: S3Object) {
  const opened = await openObject(object);
  if (!opened) return undefined;
  return { body: wholeText(key, await buffer(opened.chunks)), version: opened.version };
}

async function* readLines(key: string, object: S3Object): AsyncIterable<string> {
  const opened = await openObject(object);
  if (!opened) throw new ArtifactMissing(`${key} is not in the store (${urlOf(object)}).`);
  yield* linesOf(key, opened.chunks);
}

/** The console makes objects whose keys end with a slash, to show a folder. They are none of the store's. */
async function* listKeys(prefix: string, below: S3Object): AsyncIterable<string> {
  for await (const key of keysBelow(below)) if (!key.endsWith('/')) yield key.slice(prefix.length);
}

/** S3 answers the same whether something was there or not. */
async function deleteObject(object: S3Object): Promise<void> {
  await onS3(object, object.client.send(new DeleteObjectCommand(named(object))));
}

/** What a directory could not hold, a bucket does not hold either: a store can be copied from one to the other. */
function objectKey(key: string): string {
  const isName = (segment: string) => !['', '.', '..'].includes(segment) && !/[\\\0]/.test(segment);
  if (key.split('/').every(isName)) return key;
  throw new InvalidInput(`The store key ${JSON.stringify(key)}`, [
    'use names joined by single slashes; no "..", no leading or trailing slash, no backslash',
  ]);
}

function listPrefix(prefix: string): string {
  if (prefix === '' || prefix.endsWith('/')) return prefix;
  throw new InvalidInput(`The store prefix ${JSON.stringify(prefix)}`, ['end it with a slash']);
}
