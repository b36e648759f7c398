import type { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { etagIn, named, onS3, type S3Object, urlOf } from './s3-object.ts';
import { nameOf } from './translate-error.ts';

/** So many broken connections in a row that bring nothing new are no accident. */
const MOST_BREAKS = 3;

export interface OpenObject {
  /** The ETag. */
  readonly version: string;
  /** All of its bytes, or an error: never fewer. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Undefined where there is no such object. */
export async function openObject(object: S3Object): Promise<OpenObject | undefined> {
  const answer = await onS3(object, answerOrNone(object));
  return answer && { version: etagIn(object, answer), chunks: wholeBody(object, answer) };
}

async function answerOrNone(object: S3Object): Promise<GetObjectCommandOutput | undefined> {
  try {
    return await object.client.send(new GetObjectCommand(named(object)));
  } catch (cause) {
    if (nameOf(cause) === 'NoSuchKey') return undefined;
    throw cause;
  }
}

/**
 * A connection that breaks, or is given up because its reader took long, is taken up again where it broke, at the same
 * version. The SDK checks the checksum of what comes in one piece, at its end: that failure is no break.
 */
async function* wholeBody(object: S3Object, first: GetObjectCommandOutput): AsyncIterable<Uint8Array> {
  const { ContentLength: length = Number.POSITIVE_INFINITY } = first;
  let answer = first;
  let received = 0;
  for (let breaks = 0; ; ) {
    try {
      for await (const chunk of bodyOf(answer)) {
        received += chunk.length;
        breaks = 0;
        yield chunk;
      }
      if (received >= length) return;
      throw new Error(`The answer ended after ${received} of ${length} bytes.`);
    } catch (cause) {
      breaks++;
      if (received >= length || breaks > MOST_BREAKS) throw object.translate(urlOf(object), cause);
    }
    answer = await onS3(object, theRest(object, first, received));
  }
}

async function theRest(object: S3Object, { ETag }: GetObjectCommandOutput, from: number) {
  const request = new GetObjectCommand({ ...named(object), Range: `bytes=${from}-`, IfMatch: ETag });
  const answer = await object.client.send(request);
  if (answer.ContentRange?.startsWith(`bytes ${from}-`)) return answer;
  // A body that nobody reads keeps its connection until that times out, and then its error would reach nobody: a crash.
  bodyOf(answer).destroy();
  throw new Error(`The endpoint was asked for the bytes from ${from} on and sent ${answer.ContentRange ?? 'others'}.`);
}

/** In Node the body is a stream of Node. */
function bodyOf({ Body }: GetObjectCommandOutput): Readable {
  return Body as Readable;
}
