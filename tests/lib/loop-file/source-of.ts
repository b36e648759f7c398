import type { Prompt } from '../../../core/prompt.ts';
import type { PromptSource } from '../../../lib/loop-file/prompt-source.ts';
import { readPrompts } from '../../../lib/loop-file/read-prompts.ts';
import { all } from '../../providers/store-moves.ts';

export type Parts = readonly (string | Uint8Array)[];

/** A source of one file in memory, whose bytes come in these parts. */
export function sourceOf(name: string, ...parts: Parts): PromptSource {
  return folderOf(name, { [name]: parts });
}

/** A source of several files, by their names. */
export function folderOf(name: string, files: Readonly<Record<string, Parts>>): PromptSource {
  return {
    name,
    async *files() {
      for (const [name, parts] of Object.entries(files)) yield { name, chunks: () => chunksOf(parts) };
    },
  };
}

export function promptsIn(source: PromptSource): Promise<Prompt[]> {
  return all(readPrompts(source, []));
}

async function* chunksOf(parts: Parts): AsyncIterable<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}
