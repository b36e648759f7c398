import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const skill = join(import.meta.dirname, '../../skills/support-desk');

/**
 * A directory with a loop that runs in seconds and whose candidate wins: the gate is wide open, because 24 held-out prompts
 * prove little. The store is the same directory.
 */
export async function smallLoop(settings: Readonly<Record<string, unknown>> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-bin-'));
  const file = join(directory, 'small.yaml');
  await writeFile(join(directory, 'train.jsonl'), await firstLines('prompts-train.jsonl', 24));
  await writeFile(join(directory, 'held-out.jsonl'), await firstLines('prompts-held-out.jsonl', 24));
  // JSON is YAML too.
  await writeFile(file, JSON.stringify({ ...loop, ...settings }, null, 2));
  return { directory, file };
}

const loop = {
  name: 'small',
  skill,
  prompts: { train: 'train.jsonl', heldOut: 'held-out.jsonl' },
  student: { endpoint: 'sandbox', model: 'desk-base', price: { prompt: 0.1, completion: 0.4 }, callsAtOnce: 4 },
  teacher: { endpoint: 'sandbox', model: 'desk-teacher', price: { prompt: 2.5, completion: 10 }, callsAtOnce: 4 },
  trainer: { endpoint: 'sandbox', pollSeconds: 1, hyperparameters: { n_epochs: 6, batch_size: 8 } },
  sampling: { maxTokens: 40 },
  pairs: { minimum: 4, maximumLengthRatio: 3 },
  evaluation: { alpha: 0.5, minimumPrompts: 10, guards: { checks: 1 } },
  // One whose candidate wins.
  seed: 2,
  shards: { prompts: 6, atOnce: 2 },
};

async function firstLines(file: string, count: number): Promise<string> {
  const text = await readFile(join(skill, file), 'utf8');
  return text.split('\n').slice(0, count).join('\n');
}
