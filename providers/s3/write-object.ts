import { setTimeout as pause } from 'node:timers/promises';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { WriteConflict } from '../../core/errors.ts';
import type { WriteCondition } from '../../core/ports.ts';
import { beginUpload, type Upload } from './multipart-upload.ts';
import { etagIn, named, onS3, type S3Object, urlOf } from './s3-object.ts';
import { nameOf } from './translate-error.ts';

/** S3 takes parts from 5 MiB on, and 10,000 of them: 80 GB. A write holds one. */
const PART_BYTES = 8 * 1024 * 1024;
/** 0.05 + 0.1 + 0.2 s: as long as a write or a deletion that is under way may take. */
const UNDECIDED_WAITS_MS = [50, 100, 200];
/** The answers that a write gets which came second; also the second sending of one that was done already. */
const CONFLICTS = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey', 'NoSuchUpload'];

/**
 * Writes the whole object or nothing, and gives its new ETag. Text that comes in pieces is sent as it comes: in one request
 * if it is short, else as a multipart upload, which appears when it is completed. An error of the text's own source passes
 * through as it is.
 */
export async function writeObject(
  object: S3Object,
  body: string | AsyncIterable<string>,
  condition: WriteCondition | undefined,
): Promise<string> {
  if (typeof body === 'string') return putWhole(object, Buffer.from(body), condition);
  return writeStream(object, body, condition);
}

async function writeStream(object: S3Object, texts: AsyncIterable<string>, condition: WriteCondition | undefined) {
  const block = emptyBlock();
  const writeId = crypto.randomUUID();
  let upload: Upload | undefined;
  try {
    for await (const text of texts) {
      for (let rest = block.fill(text); rest !== ''; rest = block.fill(rest)) {
        upload ??= await beginUpload(object, attributes(writeId));
        await upload.add(block.take());
      }
    }
    const last = block.take();
    if (!upload) return await putWhole(object, last, condition);
    await upload.add(last);
    return await settled(object, writeId, condition, upload.complete(conditionHeaders(condition)));
  } catch (error) {
    await upload?.abort();
    throw error;
  }
}

/** The memory of one part, used again for the next. */
function emptyBlock() {
  const bytes = Buffer.allocUnsafe(PART_BYTES);
  const encoder = new TextEncoder();
  let filled = 0;
  return {
    /** Takes in what has room, in whole characters, and gives back the rest. */
    fill(text: string): string {
      const { read, written } = encoder.encodeInto(text, bytes.subarray(filled));
      filled += written;
      return text.slice(read);
    },
    /** What is in it; the next text overwrites it. */
    take(): Buffer {
      const taken = bytes.subarray(0, filled);
      filled = 0;
      return taken;
    },
  };
}

function putWhole(object: S3Object, body: Buffer, condition: WriteCondition | undefined): Promise<string> {
  const writeId = crypto.randomUUID();
  const send = () =>
    object.client.send(
      new PutObjectCommand({
        ...named(object),
        Body: body,
        ...attributes(writeId),
        ...conditionHeaders(condition),
      }),
    );
  return settled(object, writeId, condition, onceDecided(send));
}

/** While another write or deletion of the key is under way, S3 may answer 409 and asks to send again. */
async function onceDecided<T>(send: () => Promise<T>): Promise<T> {
  for (const wait of UNDECIDED_WAITS_MS) {
    try {
      return await send();
    } catch (cause) {
      if (nameOf(cause) !== 'ConditionalRequestConflict') throw cause;
    }
    await pause(wait);
  }
  return send();
}

/**
 * The SDK sends a request again whose answer was lost. If the first was done, the second meets what the first wrote, and
 * loses against it. So each write carries an id of its own, and one that seems to have lost looks whose object is there.
 * Where a third write has replaced ours by then, it is told as lost: whoever reads again sees what is there.
 */
async function settled(
  object: S3Object,
  writeId: string,
  condition: WriteCondition | undefined,
  sending: Promise<{ readonly ETag?: string | undefined }>,
): Promise<string> {
  const answer = await sending.catch(async (cause: unknown) => {
    if (!CONFLICTS.includes(nameOf(cause))) throw object.translate(urlOf(object), cause);
    const current = await onS3(object, headOf(object));
    if (current?.Metadata?.[WRITE_ID] === writeId) return current;
    throw lost(object, condition, cause, current !== undefined);
  });
  return etagIn(object, answer);
}

function lost(object: S3Object, condition: WriteCondition | undefined, cause: unknown, isThere: boolean): Error {
  if (!condition || nameOf(cause) === 'NoSuchUpload') return object.translate(urlOf(object), cause);
  if ('ifAbsent' in condition) {
    // Who loses reads what is there; where the other write is not done either, that would be nothing.
    const isUndecided = nameOf(cause) === 'ConditionalRequestConflict' && !isThere;
    if (isUndecided) return object.translate(urlOf(object), cause);
    return new WriteConflict(`${urlOf(object)} exists already.`, { cause });
  }
  return new WriteConflict(`${urlOf(object)} ${isThere ? 'has changed' : 'is gone'} since it was read.`, { cause });
}

async function headOf(object: S3Object) {
  try {
    return await object.client.send(new HeadObjectCommand(named(object)));
  } catch (cause) {
    if (nameOf(cause) === 'NotFound') return undefined;
    throw cause;
  }
}

/** S3 makes it `x-amz-meta-ratchet-write`. */
const WRITE_ID = 'ratchet-write';

/** Text, so that a browser shows it; a link to a report says that it is a page. */
function attributes(writeId: string) {
  return { Metadata: { [WRITE_ID]: writeId }, ContentType: 'text/plain; charset=utf-8' };
}

function conditionHeaders(condition: WriteCondition | undefined): { IfNoneMatch?: '*'; IfMatch?: string } {
  if (!condition) return {};
  return 'ifAbsent' in condition ? { IfNoneMatch: '*' } : { IfMatch: condition.ifVersion };
}
