import { createHash } from 'node:crypto';
import { ArtifactMissing, WriteConflict } from '../../core/errors.ts';
import type { Store, WriteCondition } from '../../core/ports.ts';

/** A store in memory, for tests of whatever reads and writes artifacts. */
export class MemoryStore implements Store {
  /** Every object by its key: look into it, plant in it, break it. */
  readonly objects = new Map<string, string>();

  async read(key: string) {
    const body = this.objects.get(key);
    return body === undefined ? undefined : { body, version: versionOf(body) };
  }

  async *lines(key: string): AsyncIterable<string> {
    const body = this.objects.get(key);
    if (body === undefined) throw new ArtifactMissing(`${key} is not in the store.`);
    for (const line of body.split(/\r?\n/)) if (line !== '') yield line;
  }

  async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    // Gathered before the condition is looked at, so that looking and writing are one step.
    const text = typeof body === 'string' ? body : await joined(body);
    const current = this.objects.get(key);
    if (condition && 'ifAbsent' in condition && current !== undefined)
      throw new WriteConflict(`${key} exists already.`);
    if (
      condition &&
      'ifVersion' in condition &&
      (current === undefined || versionOf(current) !== condition.ifVersion)
    ) {
      throw new WriteConflict(`${key} has changed since it was read.`);
    }
    this.objects.set(key, text);
    return { version: versionOf(text) };
  }

  async *list(prefix: string): AsyncIterable<string> {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix));
    yield* keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  async delete(key: string): Promise<void> {
    this.objects.delete(key);
  }
}

function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}
