/**
 * CPU and memory of assembling many pairs, and how many a function has time and memory for:
 * `npm exec -- node bench/cloud-cost/assemble-many.ts [pairs …]`. The step's own passes over lines of 1.5 KB, parsed and
 * checked as the step does, with the store left out: reading and writing there come on top. Each size in a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { assembleDataset } from '../../core/pairs/assemble-dataset.ts';
import { HashIndex } from '../../core/pairs/hash-index.ts';
import { type PreferencePair, preferencePairSchema } from '../../core/pairs/preference-pair.ts';
import { exportFormats, exportPair } from '../../core/training/export-records.ts';

const own = fileURLToPath(import.meta.url);
const [first, ...more] = process.argv.slice(2);
if (first === '--one') await assemble(Number(more[0]));
else {
  console.log('| pairs | CPU seconds | microseconds a pair | peak MiB |');
  console.log('|---|---|---|---|');
  const sizes = first === undefined ? [100_000, 1_000_000] : [first, ...more].map(Number);
  for (const size of sizes) spawnSync(process.execPath, [own, '--one', String(size)], { stdio: 'inherit' });
}

async function assemble(count: number): Promise<void> {
  const settings = { minimum: 24, validationShare: 0.1, sameResponseShare: 0.05 };
  const heldOut = new HashIndex();
  const { rows } = await assembleDataset({ pairs: () => pairsFrom(linesOf(count)), heldOut, settings, seed: 1 });
  let bytes = 0;
  for (const split of ['train', 'validation'] as const) {
    for await (const row of rows(split)) bytes += row.length;
    // The step reads what it has written once more for each format; it is the same text.
    const share = split === 'train' ? 0.9 : 0.1;
    for (const format of exportFormats) {
      for await (const pair of pairsFrom(linesOf(Math.round(count * share)))) {
        bytes += exportPair(format, pair)?.length ?? 0;
      }
    }
  }
  const { user, system } = process.cpuUsage();
  const seconds = (user + system) / 1e6;
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(`| ${count} | ${seconds.toFixed(0)} | ${((1e6 * seconds) / count).toFixed(0)} | ${peak.toFixed(0)} |`);
  if (bytes === 0) throw new Error('Nothing was assembled.');
}

async function* pairsFrom(lines: Iterable<string>): AsyncIterable<PreferencePair> {
  for (const line of lines) yield preferencePairSchema.parse(JSON.parse(line));
}

/** About 120 words a side. */
function* linesOf(count: number): Iterable<string> {
  const words = 'the kettle costs some euros and weighs a few kilos '.repeat(12);
  for (let index = 0; index < count; index++) {
    const side = (name: string) => ({ id: `case-${index}#${name}`, text: `${name} ${index} ${words}` });
    yield JSON.stringify({
      prompt: { id: `case-${index}`, messages: [{ role: 'user', content: `Case ${index}. What does it cost?` }] },
      chosen: side('one'),
      rejected: side('two'),
      margin: 1,
      decidedBy: 'teacher',
      critiques: null,
      provenance: { round: 1, student: 'student', teacher: 'teacher', judgePromptVersion: '1', seed: 1 },
    });
  }
}
