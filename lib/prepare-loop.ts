import { join } from 'node:path';
import { keys } from '../core/artifact-keys.ts';
import { type Loop, type LoopFile, loopDocumentSchema } from '../core/loop.ts';
import { directoryStore } from '../providers/directory/store.ts';
import { readObjects } from '../providers/s3/read-objects.ts';
import { readLoopFile } from './loop-file/read-loop-file.ts';
import { type StagedCounts, stageLoop } from './loop-file/stage-loop.ts';

/** A loop that is ready to be deployed: read, checked, and staged in files that the CDK command line uploads. */
export interface PreparedLoop {
  readonly name: string;
  readonly version: string;
  readonly document: Loop;
  readonly schedule: LoopFile['schedule'];
  readonly counts: StagedCounts;
  /** Paths of the staged files. */
  readonly files: { readonly document: string; readonly train: string; readonly heldOut: string };
}

/**
 * Reads a loop file and stages it, with its prompts, below `directory`. CDK constructs can't wait, so this comes first:
 * `new ImprovementLoop(stack, 'Loop', { loop: await prepareLoop('loops/support-desk.yaml') })`. Throws InvalidInput.
 */
export async function prepareLoop(path: string, directory = join('.ratchet', 'staged')): Promise<PreparedLoop> {
  const source = await readLoopFile(path);
  const store = directoryStore(directory);
  const { loop, version, counts } = await stageLoop(store, source, readObjects);
  const document = await store.read(keys.stagedLoop(loop, version));
  return {
    name: loop,
    version,
    document: loopDocumentSchema.parse(JSON.parse(document?.body ?? '')),
    schedule: source.file.schedule,
    counts,
    files: {
      document: join(directory, keys.stagedLoop(loop, version)),
      train: join(directory, keys.stagedPrompts(loop, version, 'train')),
      heldOut: join(directory, keys.stagedPrompts(loop, version, 'held-out')),
    },
  };
}
