import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gather } from '../../../functions/artifacts.ts';
import { directoryStore } from '../../../providers/directory/store.ts';
import { plantedPrompts } from '../../endpoint-simulator/planted-responses.ts';
import { studentModel, teacherModel } from '../../endpoint-simulator/read-call.ts';

export const CALLS_AT_ONCE = 32;
export const SHARDS_AT_ONCE = 3;

export interface DataOnlyLoop {
  readonly directory: string;
  readonly file: string;
}

export interface DataOnlyWish {
  readonly prompts: number;
  readonly promptsInShard: number;
}

/** A loop without a trainer over planted prompts, in a directory that is its store too. */
export async function dataOnlyLoop(endpoint: string, wish: DataOnlyWish): Promise<DataOnlyLoop> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-bad-day-'));
  const file = join(directory, 'loop.yaml');
  const model = { endpoint, callsAtOnce: CALLS_AT_ONCE };
  const loop = {
    name: 'planted',
    skill: '.',
    prompts: { train: 'prompts.jsonl' },
    student: { ...model, model: studentModel },
    teacher: { ...model, model: teacherModel },
    sampling: { responses: 2, maxTokens: 128 },
    judging: { critiques: false, canaryShare: 0.005 },
    pairs: { minimum: 1 },
    shards: { prompts: wish.promptsInShard, atOnce: SHARDS_AT_ONCE },
  };
  const rules = ['State the price, the weight and the warranty.'];
  const prompts = plantedPrompts(wish.prompts).map((prompt) => JSON.stringify(prompt));
  // JSON is YAML too.
  await writeFile(file, JSON.stringify(loop));
  await writeFile(join(directory, 'skill.yaml'), JSON.stringify({ purpose: 'Answers of a shop.', rules }));
  await writeFile(join(directory, 'prompts.jsonl'), prompts.join('\n'));
  return { directory, file };
}

/** The calls that the store knows of: of parts that are being made, and of finished ones. */
export async function recordedCalls(directory: string): Promise<ReadonlySet<string>> {
  const store = directoryStore(directory);
  const calls = new Set<string>();
  for (const prefix of ['runs/', 'loops/']) {
    for await (const key of store.list(prefix)) {
      if (!/\.calls\/|\/calls\//.test(key)) continue;
      for await (const line of store.lines(key)) calls.add((JSON.parse(line) as { readonly call: string }).call);
    }
  }
  return calls;
}

/** All that the round has made, whole. */
export async function artifactsOfRound(directory: string, run = 'planted-1'): Promise<ReadonlyMap<string, string>> {
  const store = directoryStore(directory);
  const bodies = new Map<string, string>();
  for (const key of await gather(store.list(`runs/${run}/round-1/`))) bodies.set(key, (await store.read(key))!.body);
  return bodies;
}
