import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import { preferencePairSchema } from '../../core/pairs/preference-pair.ts';
import { conversationText, type Prompt, promptSchema } from '../../core/prompt.ts';
import { sampledPromptSchema } from '../../core/response.ts';
import { gather, readRows, rowsOfShards } from '../../functions/artifacts.ts';
import { createServices } from '../../functions/services.ts';
import { readLoopFile } from '../../lib/loop-file/read-loop-file.ts';
import { stageLoop } from '../../lib/loop-file/stage-loop.ts';
import { runWorkflow } from '../../sandbox/run-workflow.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { hasData, pathOfData, readLines, readTable } from './recorded-data.ts';

interface Recorded {
  readonly model: string;
  readonly prompt_idx: number;
  readonly response: string;
}

const isThere = hasData('ifeval/responses.jsonl.gz');
(isThere ? test : test.skip)(
  isThere ? 'the IFEval loop makes its pairs as the recorded truth would' : 'the IFEval loop: no data',
  async () => {
    const recorded = readRecorded();
    const server = await serve(recorded);
    try {
      const { prompts, sampled, pairs } = await runLoop(
        `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
      );

      const responses = sampled.flatMap((row) =>
        row.responses.map((response) => ({ ...response, prompt: row.prompt })),
      );
      const checks = responses.reduce((sum, response) => sum + response.checks.total, 0);
      const different = responses.reduce((sum, { prompt, text, checks: result }) => {
        const bits = recorded.bitsOf(prompts.get(prompt) as Prompt, text);
        return sum + Math.abs(result.failed.length - failuresIn(bits));
      }, 0);
      const decided = pairs.filter(({ decidedBy }) => decidedBy === 'checks');
      const wrong = decided.filter(
        ({ prompt, chosen, rejected }) =>
          !isStrictlyBetter(recorded.bitsOf(prompt, chosen.text), recorded.bitsOf(prompt, rejected.text)),
      );
      process.stdout.write(
        `${sampled.length} prompts, ${responses.length} responses, ${checks} checks, ${different} not as recorded; ${decided.length} pairs by checks, ${wrong.length} not as recorded\n`,
      );

      expect(sampled).toHaveLength(541);
      expect(different / checks).toBeLessThanOrEqual(0.01);
      expect(decided.length).toBeGreaterThan(200);
      expect(wrong.length / decided.length).toBeLessThanOrEqual(0.01);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  },
  120_000,
);

function readRecorded() {
  const rows = readTable('ifeval/verdicts.csv');
  const bits = new Map(rows.map((row) => [`${row['prompt_idx']} ${row['model']}`, row['strict_bits'] as string]));
  const prompts = readLines<{ prompt_idx: number; prompt: string }>('ifeval/prompts.jsonl');
  const promptOf = new Map(prompts.map(({ prompt_idx: index, prompt }) => [index, prompt]));
  const responses = new Map<string, string[]>();
  const bitsOf = new Map<string, string>();
  for (const { model, prompt_idx: index, response } of readLines<Recorded>('ifeval/responses.jsonl.gz')) {
    const prompt = promptOf.get(index) as string;
    responses.set(prompt, [...(responses.get(prompt) ?? []), response]);
    bitsOf.set(JSON.stringify([prompt, response]), bits.get(`${index} ${model}`) as string);
  }
  return {
    responses,
    bitsOf: (prompt: Prompt, response: string) =>
      bitsOf.get(JSON.stringify([conversationText(prompt), response])) as string,
  };
}

/** The student serves what four models have said; the teacher finds all of it equally good, so that checks alone decide. */
async function serve({ responses }: ReturnType<typeof readRecorded>): Promise<Server> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const { model, messages } = JSON.parse(Buffer.concat(parts).toString());
    const texts = model === 'student' ? (responses.get(messages[0].content) ?? []) : ['{"winner":"tie"}'];
    const choices = texts.map((content, index) => ({ index, message: { content }, finish_reason: 'stop' }));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ model, choices, usage: { prompt_tokens: 1, completion_tokens: 1 } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function runLoop(endpoint: string) {
  process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
  const store = new MemoryStore();
  const source = await readLoopFile('loops/ifeval.yaml');
  const { loop, version, seed } = await stageLoop(store, {
    ...source,
    trainPath: pathOfData('ifeval/prompts.jsonl'),
    file: {
      ...source.file,
      student: { ...source.file.student, endpoint, model: 'student' },
      teacher: { ...source.file.teacher, endpoint, model: 'teacher' },
      sampling: { ...source.file.sampling, responses: 4 },
      // A teacher that calls everything equal would not pass for sound.
      judging: { ...source.file.judging, canaryShare: 0 },
      // The truth of the checks is measured here, not what makes a good pair to train on.
      pairs: { ...source.file.pairs, maximumLengthRatio: 1_000_000 },
    },
  });
  const services = createServices({ store, environment: {} });
  const end = await runWorkflow({ run: 'replay-1', loop, version, seed }, { services });
  if (end.kind !== 'ended') throw new Error(`The run did not end: ${JSON.stringify(end)}`);
  const place = { run: 'replay-1', round: 1, shards: 6 } as const;
  const prompts = await gather(readRows(store, keys.stagedPrompts(loop, version, 'train'), promptSchema));
  return {
    prompts: new Map(prompts.map((prompt) => [prompt.id, prompt])),
    sampled: await gather(rowsOfShards(store, { ...place, part: 'responses' }, sampledPromptSchema)),
    pairs: await gather(rowsOfShards(store, { ...place, part: 'pairs' }, preferencePairSchema)),
  };
}

function failuresIn(bits: string): number {
  return bits.split('0').length - 1;
}

/** Keeps all conditions that the other keeps, and one more at least. */
function isStrictlyBetter(one: string, other: string): boolean {
  return one !== other && [...one].every((bit, index) => bit === '1' || other[index] === '0');
}
