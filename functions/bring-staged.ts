import * as z from 'zod';
import { keys } from '../core/artifact-keys.ts';
import { InvalidInput } from '../core/errors.ts';
import type { Store } from '../core/ports.ts';

/** Where the CDK command line has put the loop that was deployed: keys in the bucket for assets. */
export const stagedAssetsSchema = z.strictObject({
  bucket: z.string(),
  loop: z.string(),
  version: z.string(),
  document: z.string(),
  train: z.string(),
  heldOut: z.string(),
});
export type StagedAssets = z.infer<typeof stagedAssetsSchema>;

/**
 * Copies the deployed loop to where loops are staged, if it is asked for and not there yet. Throws InvalidInput where another
 * version is asked for that nobody has staged.
 */
export async function bringStaged(
  { from, to, assets }: { readonly from: Store; readonly to: Store; readonly assets: StagedAssets },
  loop: string,
  version: string,
): Promise<void> {
  if (await to.read(keys.stagedLoop(loop, version))) return;
  if (assets.loop !== loop || assets.version !== version) {
    const remedy = `the deployed version is ${assets.version}; deploy again, or start the run with ratchet run LOOP.yaml --stack`;
    throw new InvalidInput(`Version ${version} of the loop ${loop}`, [`nobody has staged it: ${remedy}`]);
  }
  await to.write(keys.stagedPrompts(loop, version, 'train'), linesOf(from, assets.train));
  await to.write(keys.stagedPrompts(loop, version, 'held-out'), linesOf(from, assets.heldOut));
  // Last: where the document is, the prompts are.
  await to.write(keys.stagedLoop(loop, version), linesOf(from, assets.document));
}

async function* linesOf(store: Store, key: string): AsyncIterable<string> {
  for await (const line of store.lines(key)) yield `${line}\n`;
}
