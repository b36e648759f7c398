import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI, { toFile } from 'openai';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/server/start-sandbox.ts';

export interface Fixture {
  readonly sandbox: Sandbox;
  readonly client: OpenAI;
  readonly directory: string;
}

const open: (() => Promise<unknown>)[] = [];

/** A server in a directory of its own, and the unmodified client. */
export async function openSandbox(options: Partial<SandboxOptions> = {}): Promise<Fixture> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'ratchet-sandbox-')));
  const sandbox = await startSandbox({ ...options, directory });
  const client = new OpenAI({ baseURL: sandbox.url, apiKey: options.apiKey ?? 'any', maxRetries: 0 });
  open.push(() => sandbox.close());
  open.push(() => rm(directory, { recursive: true, force: true }));
  return { sandbox, client, directory };
}

export async function closeSandboxes(): Promise<void> {
  for (const close of open.splice(0)) await close();
}

export async function uploadLines(client: OpenAI, lines: readonly unknown[]): Promise<string> {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const file = await client.files.create({
    file: await toFile(Buffer.from(text), 'train.jsonl'),
    purpose: 'fine-tune',
  });
  return file.id;
}

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Asks until the job is over, or `until` holds. */
export async function follow(
  client: OpenAI,
  id: string,
  until: (job: OpenAI.FineTuning.FineTuningJob) => boolean = () => false,
): Promise<OpenAI.FineTuning.FineTuningJob> {
  while (true) {
    const job = await client.fineTuning.jobs.retrieve(id);
    if (until(job) || ['succeeded', 'failed', 'cancelled'].includes(job.status)) return job;
    await pause();
  }
}

export const preferenceLines = Array.from({ length: 12 }, (_, index) => ({
  input: { messages: [{ role: 'user', content: `My ${index % 2 ? 'kettle' : 'tent'} arrived broken.` }] },
  preferred_output: [
    {
      role: 'assistant',
      content: `I am sorry about your ${index % 2 ? 'kettle' : 'tent'}. A replacement is on its way.`,
    },
  ],
  non_preferred_output: [{ role: 'assistant', content: 'Stop complaining. Go away.' }],
}));
