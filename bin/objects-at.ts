import type { PromptFile } from '../lib/loop-file/prompt-source.ts';

/** Prompts at an s3:// URL. The AWS SDK is heavy, and of no use to prompts on the disk: it is loaded when it is asked. */
export async function* objectsAt(url: string): AsyncIterable<PromptFile> {
  const { readObjects } = await import('../providers/s3/read-objects.ts');
  yield* readObjects(url);
}
