/** Writes the skill's prompts: `node sandbox/support-desk/write-prompts.ts`. The same bytes every time. */
import { mkdir, writeFile } from 'node:fs/promises';
import { deskPrompts } from './prompts.ts';

const folder = new URL('../../skills/support-desk/', import.meta.url);
await mkdir(folder, { recursive: true });
for (const [part, count] of [['train', 192] as const, ['held-out', 256] as const]) {
  const lines = deskPrompts(part, count).map((prompt) => `${JSON.stringify(prompt)}\n`);
  await writeFile(new URL(`prompts-${part}.jsonl`, folder), lines.join(''));
  console.log(`prompts-${part}.jsonl: ${count} prompts`);
}
