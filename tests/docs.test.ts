import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { holderSchema } from '../bin/run-lease.ts';
import { keys, type Part, splits } from '../core/artifact-keys.ts';
import { ledgerSchema } from '../core/budget.ts';
import * as errors from '../core/errors.ts';
import { evaluatedPromptSchema } from '../core/evaluation/evaluated-prompt.ts';
import { evaluationSummarySchema } from '../core/evaluation/summarize-evaluation.ts';
import { judgedPromptSchema } from '../core/judging/judged-prompt.ts';
import { loopDocumentSchema, loopSchema, skillSchema } from '../core/loop.ts';
import { preferencePairSchema } from '../core/pairs/preference-pair.ts';
import { partSummarySchema } from '../core/part-summary.ts';
import { messageSchema, promptSchema } from '../core/prompt.ts';
import { registrySchema } from '../core/registry.ts';
import { datasetSchema, decisionSchema, endings, reportSchema } from '../core/report.ts';
import { sampledPromptSchema } from '../core/response.ts';
import {
  approvalPoints,
  approvalRequestSchema,
  approvalSchema,
  executionSchema,
  failureSchema,
  outcomeSchema,
  runningSchema,
  runSchema,
  servingSchema,
  trainingSchema,
} from '../core/run.ts';
import { type ExportFormat, exportFormats } from '../core/training/export-records.ts';
import { recordedCallSchema } from '../functions/call-record.ts';
import { shardLeaseSchema } from '../functions/shard-lease.ts';
import { retries } from '../lib/retries.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFile(join(root, path), 'utf8');
const inFolder = async (folder: string) =>
  (await readdir(join(root, folder))).filter((name) => name.endsWith('.md')).map((name) => join(folder, name));

/** Pages that say what is so; decisions say what was so on their day. */
const present = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...(await inFolder('docs'))];
const pages = [...present, ...(await inFolder('docs/decisions'))];

describe('docs/errors.md', () => {
  const sections = async () => sectionsOf(await read('docs/errors.md'));
  const classes = Object.entries(errors).flatMap(([name, value]) =>
    Object.getPrototypeOf(value) === errors.RatchetError ? [name] : [],
  );

  test('has a section for every error, and no other', async () => {
    const documented = (await sections()).map(({ heading }) => heading);

    expect(documented.toSorted()).toEqual(classes.toSorted());
  });

  test('says of each what happened, who tries again and what to do', async () => {
    for (const { heading, text } of await sections()) {
      const said = [...text.matchAll(/^- \*\*(.+?)\*\*: \S/gm)].map(([, what]) => what);

      expect([heading, said]).toEqual([heading, ['What happened', 'Tried again', 'What to do']]);
    }
  });

  test('says yes for those that the workflow retries, and for no other', async () => {
    const retried = retries.flatMap((retry) => retry.errors ?? []).filter((name) => classes.includes(name));
    const documented = (await sections()).filter(({ text }) => text.includes('**Tried again**: yes'));

    expect(documented.map(({ heading }) => heading).toSorted()).toEqual(retried.toSorted());
  });
});

const messages = z.array(messageSchema).min(1);
const response = z.tuple([z.strictObject({ role: z.literal('assistant'), content: z.string() })]);
/** As the trainers say that they take them. */
const exportSchemas: Readonly<Record<ExportFormat, z.ZodType>> = {
  'openai-preference': z.strictObject({
    input: z.strictObject({ messages }),
    preferred_output: response,
    non_preferred_output: response,
  }),
  'trl-preference': z.strictObject({ prompt: messages, chosen: response, rejected: response }),
  sft: z.strictObject({ messages }),
};

/** What docs/data-flow.md has to show: every key, and what a JSON example of it is read with. */
const artifacts: Record<keyof typeof keys, readonly (readonly [key: string, schema: z.ZodType])[]> = {
  registry: [[keys.registry('<loop>'), registrySchema]],
  running: [[keys.running('<loop>'), runningSchema]],
  stagedLoop: [[keys.stagedLoop('<loop>', '<version>'), loopDocumentSchema]],
  stagedPrompts: [
    [keys.stagedPrompts('<loop>', '<version>', 'train'), promptSchema],
    [keys.stagedPrompts('<loop>', '<version>', 'held-out'), promptSchema],
  ],
  reusableCalls: [[keys.reusableCalls('<loop>', '<setup>', 0), recordedCallSchema]],
  run: [[keys.run('<run>'), runSchema]],
  prompts: [
    [keys.prompts('<run>', 'train', 0), promptSchema],
    [keys.prompts('<run>', 'held-out', 0), promptSchema],
  ],
  report: [[keys.report('<run>'), reportSchema]],
  reportPage: [[keys.reportPage('<run>'), z.never()]],
  failure: [[keys.failure('<run>'), failureSchema]],
  budget: [[keys.budget('<run>'), ledgerSchema]],
  execution: [[keys.execution('<run>'), executionSchema]],
  lease: [[keys.lease('<run>'), holderSchema]],
  part: [
    [keys.part('<run>', 1, 'responses', 0), sampledPromptSchema],
    [keys.part('<run>', 1, 'verdicts', 0), judgedPromptSchema],
    [keys.part('<run>', 1, 'pairs', 0), preferencePairSchema],
    [keys.part('<run>', 1, 'evaluation', 0), evaluatedPromptSchema],
  ],
  summary: [[keys.summary('<run>', 1, '<part>' as Part, 0), partSummarySchema]],
  calls: [[keys.calls('<run>', 1, '<part>' as Part, 0), recordedCallSchema]],
  shardLease: [[keys.shardLease('<run>', 1, '<part>' as Part, 0), shardLeaseSchema]],
  dataset: [[keys.dataset('<run>', 1), datasetSchema]],
  datasetRows: [
    [keys.datasetRows('<run>', 1, 'train'), preferencePairSchema],
    [keys.datasetRows('<run>', 1, 'validation'), preferencePairSchema],
  ],
  datasetExport: splits.flatMap((split) =>
    exportFormats.map((format) => [keys.datasetExport('<run>', 1, split, format), exportSchemas[format]] as const),
  ),
  approvalRequest: approvalPoints.map(
    (point) => [keys.approvalRequest('<run>', 1, point), approvalRequestSchema] as const,
  ),
  approval: approvalPoints.map((point) => [keys.approval('<run>', 1, point), approvalSchema] as const),
  training: [[keys.training('<run>', 1), trainingSchema]],
  serving: [[keys.serving('<run>', 1), servingSchema]],
  evaluation: [[keys.evaluation('<run>', 1), evaluationSummarySchema]],
  decision: [[keys.decision('<run>', 1), decisionSchema]],
  outcome: [[keys.outcome('<run>', 1), outcomeSchema]],
};

describe('docs/data-flow.md', () => {
  const schemas = new Map(Object.values(artifacts).flat());
  const sections = async () =>
    sectionsOf(await read('docs/data-flow.md')).map(({ heading, text }) => ({
      described: [...heading.matchAll(/`(.+?)`/g)].map(([, key = '']) => key),
      examples: blocksOf(text, 'json').map((block): unknown => JSON.parse(block)),
    }));

  test('describes every key of the store, and no other', async () => {
    const described = (await sections()).flatMap((section) => section.described);

    expect(Object.keys(artifacts)).toEqual(Object.keys(keys));
    expect(described.toSorted()).toEqual([...schemas.keys()].toSorted());
  });

  test('shows an example of each that is JSON, and each example fits its schema', async () => {
    for (const { described, examples } of await sections()) {
      for (const schema of described.map((key) => schemas.get(key)!)) {
        const isJson = !(schema instanceof z.ZodNever);

        expect([described, examples.length]).toEqual([described, isJson ? 1 : 0]);
        for (const example of examples)
          expect([described, schema.safeParse(example).error]).toEqual([described, undefined]);
      }
    }
  });
});

describe('README.md', () => {
  test('shows a loop, a skill and a prompt that are valid', async () => {
    const text = await read('README.md');
    const [loop, skill] = blocksOf(text, 'yaml').map((block): unknown => parse(block));

    expect(loopSchema.safeParse(loop).error).toBeUndefined();
    expect(skillSchema.safeParse(skill).error).toBeUndefined();
    expect(blocksOf(text, 'json').map((block) => promptSchema.safeParse(JSON.parse(block)).error)).toEqual([undefined]);
  });

  test('lists every command of the command line', async () => {
    const listed = [...(await read('README.md')).matchAll(/^\| `npm run ratchet -- ([a-z]+)/gm)].map(
      ([, name]) => name,
    );

    expect(listed.toSorted()).toEqual(await commands());
  });
});

describe('the glossary', () => {
  test('names every ending', async () => {
    const text = await read('docs/glossary.md');

    for (const ending of endings) expect(text).toContain(`\`${ending}\``);
  });
});

describe('all pages', () => {
  test('name scripts of npm and commands that there are', async () => {
    const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };
    const known = await commands();

    for (const page of present) {
      const text = await read(page);
      for (const [, name = ''] of text.matchAll(/\bnpm run (?:--silent )?([a-z][a-z:-]*)/g))
        expect(scripts).toHaveProperty([name]);
      for (const [, name] of text.matchAll(/\bnpm run ratchet -- ([a-z]+)/g)) expect(known).toContain(name);
    }
  });

  test('name files of this repository that there are', async () => {
    const folders = 'bench|bin|core|functions|lib|loops|providers|sandbox|skills|tests';

    for (const page of present) {
      const named = [
        ...(await read(page)).matchAll(
          new RegExp(`(?<![\\w./-])(?:${folders})/[\\w./-]*\\w\\.(?:ts|safetensors)`, 'g'),
        ),
      ];

      expect([page, named.map(([path]) => path).filter((path) => !existsSync(join(root, path)))]).toEqual([page, []]);
    }
  });

  test('link to files and headings that there are', async () => {
    for (const page of pages) expect([page, await brokenLinks(page)]).toEqual([page, []]);
  });
});

/** The sections below `###` headings. */
function sectionsOf(page: string): { heading: string; text: string }[] {
  return page
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...lines] = section.split('\n');
      return { heading, text: lines.join('\n') };
    });
}

function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, block = '']) => block,
  );
}

/** Each command is a file in bin/commands. */
async function commands(): Promise<string[]> {
  return (await readdir(join(root, 'bin/commands'))).map((file) => file.replace(/\.ts$/, '')).toSorted();
}

async function brokenLinks(page: string): Promise<string[]> {
  const text = (await read(page)).replaceAll(/^```[\s\S]*?^```$/gm, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
    ([, link, source]) => link ?? source ?? '',
  );
  const broken: string[] = [];
  for (const link of links.filter((one) => !/^https?:/.test(one))) {
    const [path = '', heading] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, target))) broken.push(link);
    else if (heading !== undefined && !(await anchorsOf(target)).includes(heading)) broken.push(link);
  }
  return broken;
}

/** As GitHub makes them: lower case, no punctuation, hyphens for spaces. */
async function anchorsOf(page: string): Promise<string[]> {
  const headings = [...(await read(page)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
