/**
 * Calls the endpoint at the URL that it is given, in every way that functions do and with all that can befall a call, and
 * prints what came of each (`calls`): run from its source and from its bundle, it has to print the same. With `wishes` it asks for what
 * a bundle leaves out.
 */
import { OpenAI, toFile } from 'openai';
import { type EndpointOptions, openaiClient } from '../../providers/openai-compatible/client.ts';
import { openaiStudent } from '../../providers/openai-compatible/student.ts';
import { openaiTrainer } from '../../providers/openai-compatible/trainer.ts';

const [baseURL = '', which] = process.argv.slice(2);
const client = (options: Partial<EndpointOptions> = {}) => openaiClient({ baseURL, apiKey: 'sk-1', ...options });

function sample(model: string, options?: Partial<EndpointOptions>): Promise<unknown> {
  const prompt = { id: 'p1', messages: [{ role: 'user', content: 'größer?' } as const] };
  const request = { prompt, count: 2, temperature: 0.8, topP: 0.95, maxTokens: 64, seed: 7 };
  return openaiStudent({ client: client(options), model, logprobs: true }).sample(request);
}

async function* pairs() {
  for (const number of [1, 2]) {
    const messages = [{ role: 'user' as const, content: `q${number}` }];
    yield { kind: 'pair' as const, messages, chosen: `good ${number}`, rejected: `bad ${number}` };
  }
}

const trainer = openaiTrainer({ client: client() });
const training = {
  key: 'r1/round-1',
  baseModel: 'base-1',
  method: 'dpo',
  trainFile: 'file-1',
  validationFile: undefined,
  hyperparameters: { n_epochs: 2 },
  grader: undefined,
  seed: 7,
  suffix: 'ratchet-r1',
} as const;

const calls: Readonly<Record<string, () => Promise<unknown>>> = {
  works: () => sample('works'),
  'works without a key': () => sample('works', { apiKey: undefined }),
  'works with a key that changes': () => sample('works', { apiKey: async (refused) => (refused ? 'sk-1' : 'sk-0') }),
  'key refused': () => sample('works', { apiKey: 'sk-0', keyPlace: 'the key in the secret' }),
  'too many': () => sample('too many'),
  broken: () => sample('broken'),
  rejected: () => sample('rejected'),
  'cut off': () => sample('cut off'),
  'no JSON': () => sample('no JSON'),
  silent: () => sample('silent', { timeoutSeconds: 0.2 }),
  'nobody there': () => sample('works', { baseURL: 'http://127.0.0.1:9/v1' }),
  'a file': () => trainer.upload('train', pairs()),
  'a job': () => trainer.create(training),
  'jobs of a key': () => trainer.findByKey('r1/round-1', 'file-1'),
  'state of a job': () => trainer.get('job-1'),
};

/** What a bundle has no more. */
const wishes: typeof calls = {
  'a stream': async () => client().post('/chat/completions', { body: { model: 'works' }, stream: true }),
  'a page of results': async () => client().getAPIList('/fine_tuning/jobs', Object as never),
  'a file that the package makes': async () => toFile(Buffer.from('x'), 'x.txt'),
  'a log-in by certificate': async () => new OpenAI({ apiKey: null, workloadIdentity: { type: 'x509' } as never }),
  'a log-in by workload identity': async () =>
    new OpenAI({ apiKey: null, workloadIdentity: { provider: {} } as never }),
};

async function printAll(all: typeof calls): Promise<void> {
  for (const [name, call] of Object.entries(all)) {
    const came = await call().catch(told);
    process.stdout.write(`${JSON.stringify({ name, came })}\n`);
  }
  // An answer that nobody reads would keep the process.
  process.exit();
}

function told(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, cause } = error;
  return { ...error, name, message, cause: told(cause) };
}

void printAll(which === 'calls' ? calls : wishes);
