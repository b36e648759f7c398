import * as z from 'zod';
import { InvalidInput } from './errors.ts';
import { rubricSchema } from './judging/judge-prompt.ts';
import { trainingMethods } from './ports.ts';
import { priceSchema } from './usage.ts';

const share = z.number().min(0).max(1);

/*
 * Each key has a description, which docs/loop-file.md and editors show. `allowed` says in words what a pattern means, for
 * the same page and for messages about a wrong value.
 */

/** Where a model is called: the embedded sandbox, or any OpenAI-compatible base URL. */
const endpoint = z
  .union([
    z.literal('sandbox'),
    z
      .url({ protocol: /^https?$/ })
      .refine((url) => !/^https?:\/\/[^/]*@/.test(url), 'keep user and password out of the URL; see apiKeyEnv'),
  ])
  .describe('"sandbox", or the base URL of an OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1');
const apiKeyEnv = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/)
  .optional()
  .meta({
    description: 'Name of the environment variable that holds the API key; the key itself never stands in a file',
    allowed: 'the NAME of an environment variable, such as OPENAI_API_KEY, never the key itself',
  });

/** Each is optional: what is not limited may cost what it likes. */
const limits = {
  usd: z.number().min(0).optional().describe('US dollars by the prices of this file'),
  calls: z.int().min(1).optional().describe('Model calls, of student and teacher'),
  tokens: z.int().min(1).optional().describe('Tokens sent and received, of student and teacher'),
};

/** Limits of a run, and of its stages. */
export const budgetSchema = z
  .strictObject({
    ...limits,
    sampling: z.strictObject(limits).optional().describe('The same limits for sampling responses, all rounds together'),
    judging: z.strictObject(limits).optional().describe('For judging them'),
    training: z.strictObject({ usd: limits.usd }).optional().describe('For training jobs'),
    evaluation: z.strictObject(limits).optional().describe('For comparing candidates with the incumbent'),
  })
  .describe(
    'Limits of one run, and of its stages. None is passed: a call that might pass one is not made. Reaching one ends the run under its own name and keeps everything',
  );

const chatModel = {
  endpoint,
  apiKeyEnv,
  model: z.string().min(1).describe('Model id as the endpoint knows it'),
  price: z
    .strictObject({
      prompt: priceSchema.shape.prompt.describe('US dollars per million tokens that are sent'),
      completion: priceSchema.shape.completion.describe('US dollars per million tokens that come back'),
    })
    .prefault({ prompt: 0, completion: 0 })
    .describe('US dollars per million tokens, for forecast, accounting and budget'),
  callsAtOnce: z
    .int()
    .min(1)
    .max(2000)
    .default(16)
    .describe(
      'Calls under way at the same time, at most; fewer while the endpoint says it is too many. Where student and teacher share an endpoint, the smaller of the two holds for both together',
    ),
  requestsPerMinute: z
    .int()
    .min(1)
    .optional()
    .describe(
      'No more calls a minute than this in this role; where it is left out, what the endpoint tells in its headers',
    ),
  tokensPerMinute: z
    .int()
    .min(1)
    .optional()
    .describe('No more tokens a minute than this, sent and received; where it is left out, as the headers tell'),
  timeoutSeconds: z
    .number()
    .gt(0)
    .max(900)
    .default(300)
    .describe('One call that takes longer is given up, and tried again'),
  hedgeAfterSeconds: z
    .number()
    .gt(0)
    .max(900)
    .optional()
    .describe(
      'Where given: a call that takes longer is sent a second time, the first answer counts, and both are paid',
    ),
};

const studentSchema = z
  .strictObject(chatModel)
  .describe('The base student: what the loop starts from and can be reset to');
const teacherSchema = z
  .strictObject({
    ...chatModel,
    maxTokens: z.int().min(8).default(256).describe('Token limit of one answer of the teacher'),
  })
  .describe('The model whose feedback is trusted; best of another family than the student (arXiv 2404.13076)');
const trainerSchema = z
  .strictObject({
    endpoint,
    apiKeyEnv,
    method: z
      .enum(trainingMethods)
      .default('dpo')
      .describe('dpo on pairs, supervised on the best responses, reinforcement against the teacher as grader'),
    hyperparameters: z
      .record(z.string(), z.union([z.number(), z.literal('auto')]))
      .default({})
      .describe("Passed to the trainer's method: n_epochs, batch_size, learning_rate_multiplier, beta, …"),
    pollSeconds: z
      .int()
      .min(1)
      .max(3600)
      .default(60)
      .describe('Time between two looks at a job; longer when it is long under way, by a twentieth of its age'),
    maximumHours: z
      .number()
      .gt(0)
      .max(336)
      .default(24)
      .describe('A job that has not ended by then is cancelled, and the run fails'),
    usdPerJob: z.number().min(0).default(0).describe('What one training job costs, for forecast and accounting'),
  })
  .describe('Who fine-tunes; without it a run has one round, which ends with the dataset');

const loopFields = z.strictObject({
  $schema: z.string().optional().describe('For editors only'),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
    .meta({
      description: 'Name of the loop; its student lives under loops/<name>/ in the store',
      allowed: '1 to 40 lower-case letters, digits and hyphens',
    }),
  description: z.string().default('').describe('One sentence for the report'),
  skill: z.string().min(1).describe('Path of a skill pack (a folder with skill.yaml), relative to this file'),
  prompts: z
    .strictObject({
      train: z
        .string()
        .min(1)
        .describe(
          'Prompts to learn from: a JSONL or CSV file, or a folder of them, relative to this file; or s3://bucket/key, s3://bucket/prefix/',
        ),
      heldOut: z
        .string()
        .min(1)
        .optional()
        .describe(
          'Prompts to evaluate on, never trained on; without it a share of train is held out, if there is a trainer',
        ),
      heldOutShare: z
        .number()
        .gt(0)
        .lt(1)
        .default(0.2)
        .describe(
          'Share of train that is held out where heldOut is not given; by content, so equal prompts stay together',
        ),
    })
    .describe('The prompts; all their forms are in docs/prompts.md'),
  checks: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/), z.string().min(1))
    .default({})
    .describe('Your own checks: the path of a small module for each name, relative to this file; see docs/checks.md'),
  student: studentSchema,
  teacher: teacherSchema,
  trainer: trainerSchema.optional(),
  sampling: z
    .strictObject({
      responses: z.int().min(2).max(16).default(4).describe('Responses to each prompt, k'),
      temperature: z
        .number()
        .min(0)
        .max(2)
        .default(1)
        .describe('Higher is more varied; at 0 the responses hardly differ and make no pairs'),
      topP: z.number().gt(0).max(1).default(1).describe('Only the likeliest tokens up to this total are sampled'),
      maxTokens: z.int().min(1).default(512).describe('Token limit of one response'),
    })
    .prefault({})
    .describe("How the student's responses are sampled"),
  judging: z
    .strictObject({
      critiques: z
        .boolean()
        .default(true)
        .describe('Ask the teacher for a critique of chosen and rejected: one call a pair'),
      minimumProbability: z
        .number()
        .min(0.5)
        .max(1)
        .default(0.9)
        .describe('Where the endpoint gives log-probabilities: verdicts below it make no pair'),
      canaryShare: share
        .default(0.05)
        .describe('Share of prompts whose judge is also shown planted nonsense; one prompt of each shard at least'),
    })
    .prefault({})
    .describe('How the teacher judges'),
  pairs: z
    .strictObject({
      minimum: z
        .int()
        .min(1)
        .default(24)
        .describe('Fewer sound pairs to train on, those for validation not counted, end the round: nothing to learn'),
      maximumLengthRatio: z
        .number()
        .gt(1)
        .default(2)
        .describe('Pairs whose longer response has more than this many times the words are left out'),
      validationShare: share.default(0.1).describe('Share of the pairs kept for the trainer as validation'),
      maximumTokens: z
        .int()
        .min(8)
        .default(2048)
        .describe("The trainer's token limit a side; chosen and rejected must differ before it"),
      sameResponseShare: share
        .default(0.05)
        .describe('One chosen text for more than this share of prompts (and for five at least) is left out'),
    })
    .prefault({})
    .describe('How preference pairs are built and filtered'),
  evaluation: z
    .strictObject({
      temperature: z.number().min(0).max(2).optional().describe('Default: sampling.temperature'),
      alpha: z
        .number()
        .gt(0)
        .lt(1)
        .default(0.05)
        .describe('Chance of ever promoting an equal student in a run, spent across its rounds'),
      minimumPrompts: z.int().min(1).default(50).describe('No promotion on fewer held-out prompts'),
      guards: z
        .strictObject({
          checks: share.default(0.05).describe('How much lower the held-out check rate may be, at 95 % confidence'),
          length: z.number().gt(1).default(2).describe('Mean words may change by this factor at most, either way'),
          refusals: share.default(0.02).describe('How much higher the share of refusals may be'),
          repetition: share.default(0.1).describe('How much higher the mean share of repeated word pairs may be'),
          cutOff: share.default(0.05).describe('How much higher the share of cut-off responses may be'),
          unreadable: share.default(0.02).describe('Share of evaluation verdicts that may be abstentions'),
        })
        .prefault({})
        .describe('What a candidate may not lose, however often it wins'),
    })
    .prefault({})
    .describe('How a candidate is compared with the incumbent on held-out prompts'),
  rounds: z.int().min(1).max(20).default(1).describe('Rounds of one run'),
  approval: z
    .enum(['never', 'before-training', 'before-promotion'])
    .default('never')
    .describe(
      'Whether a person must agree before training is paid for, or before a candidate that has won is promoted',
    ),
  approvalDays: z
    .number()
    .gt(0)
    .max(300)
    .default(7)
    .describe('A deployed run waits so long for the answer; then it counts as none, and the incumbent stays'),
  budget: budgetSchema.prefault({}),
  reuseDays: z
    .int()
    .min(0)
    .max(3650)
    .default(30)
    .describe(
      'Responses and verdicts that an earlier run of the loop got for the same request, at most so many days ago, are used again and not paid again; 0: never',
    ),
  shards: z
    .strictObject({
      prompts: z.int().min(1).max(5000).default(100).describe('Prompts a shard'),
      atOnce: z.int().min(1).max(1000).default(4).describe('Shards worked on at the same time'),
    })
    .prefault({})
    .describe('How the work is cut; how many calls an endpoint bears is said there (callsAtOnce)'),
  schedule: z
    .strictObject({
      cron: z
        .string()
        .regex(/^cron\(\S+( \S+){5}\)$/)
        .meta({
          description: 'Cron expression of EventBridge Scheduler: minutes, hours, day, month, weekday, year',
          allowed: 'cron(…) with six fields, such as cron(0 3 ? * MON *)',
        }),
      timeZone: z
        .string()
        .min(1)
        .default('UTC')
        .describe('IANA time zone of the cron expression, such as Europe/Paris'),
      paused: z.boolean().default(false).describe('Keeps the schedule but starts no run'),
    })
    .optional()
    .describe('When the deployed loop runs by itself'),
  seed: z
    .int()
    .min(0)
    .max(2_147_483_647)
    .default(1)
    .describe('Same seed, same bytes, for all that does not come from a remote model'),
});

/** A look at a job that is long under way may be this share of its age late. */
const LATE_BY = 1 / 20;

/**
 * Whole seconds until the next look at a training job: `pollSeconds` at first, then longer with its age. So a job of a day
 * takes a hundred looks, and not 1,440.
 */
export function secondsToNextLook({ pollSeconds }: { readonly pollSeconds: number }, ageSeconds: number): number {
  return Math.max(pollSeconds, Math.floor(ageSeconds * LATE_BY));
}

/** Step Functions ends an execution after 25,000 events; a look at a job takes 9 of them, and the rest of the run some. */
const MOST_LOOKS = 2500;

function looksAt({ trainer, rounds }: Pick<z.infer<typeof loopFields>, 'trainer' | 'rounds'>): number {
  if (!trainer || trainer.endpoint === 'sandbox') return 0;
  const end = trainer.maximumHours * 3600;
  let looks = 0;
  for (let age = 0; age < end; age += secondsToNextLook(trainer, age)) looks++;
  return looks * rounds;
}

/** The user's loop file. Every default is here and is documented in docs/loop-file.md, which is generated from this. */
export const loopSchema = loopFields
  .refine((loop) => looksAt(loop) <= MOST_LOOKS, {
    path: ['trainer', 'pollSeconds'],
    message: `look less often, or set fewer rounds or a lower trainer.maximumHours: a run can look at its jobs ${MOST_LOOKS} times at most`,
  })
  .refine(({ trainer, rounds }) => trainer !== undefined || rounds === 1, {
    path: ['rounds'],
    message: 'leave it out, or give a trainer: without one there is no new student for a second round',
  })
  .refine((loop) => !limitsMoney(loop.budget) || hasPrices(loop), {
    path: ['budget', 'usd'],
    message:
      'give student.price and teacher.price, or it is never reached; for a model of your own any small price will do',
  });

/** A loop file as parsed: every default filled in. */
export type LoopFile = z.infer<typeof loopSchema>;

/** A skill pack's skill.yaml. */
export const skillSchema = z.strictObject({
  description: z.string().default('').describe('One sentence for people: what the skill is about'),
  purpose: rubricSchema.shape.purpose.min(1).describe('Told to the judge first: what the responses are for'),
  rules: rubricSchema.shape.rules.describe('What makes a response good, one rule an entry, most important first'),
});
export type Skill = z.infer<typeof skillSchema>;

/** The loop as it is staged in the store, whole: the file plus the skill it names. Paths have done their work. */
export const loopDocumentSchema = z.strictObject({
  ...loopFields.omit({ $schema: true, skill: true, prompts: true, schedule: true }).shape,
  /** The loop's own checks as JavaScript, so that a run always means the same. */
  checks: z.record(z.string(), z.strictObject({ source: z.string() })).default({}),
  rubric: rubricSchema,
  heldOutShare: share.nullable(),
});
export type Loop = z.infer<typeof loopDocumentSchema>;

/** The trainer of a loop, for steps that a run without one never comes to. Throws InvalidInput. */
export function insistOnTrainer({ name, trainer }: Pick<Loop, 'name' | 'trainer'>): NonNullable<Loop['trainer']> {
  if (trainer) return trainer;
  throw new InvalidInput(`The loop ${name}`, ['it has no trainer, so nothing can be trained; give it one']);
}

/** Shards worked on at the same time: no more than may make a call at all. */
export function shardsAtOnce({ shards, student, teacher }: Pick<Loop, 'shards' | 'student' | 'teacher'>): number {
  return Math.min(shards.atOnce, student.callsAtOnce, teacher.callsAtOnce);
}

/** How long a deployed run waits for a person's answer. Step Functions refuses 0, and nobody answers within a minute. */
export function approvalSeconds({ approvalDays }: Pick<Loop, 'approvalDays'>): number {
  return Math.max(60, Math.round(approvalDays * 86_400));
}

/** Whether calls are limited in US dollars anywhere. */
function limitsMoney({ usd, sampling, judging, evaluation }: z.infer<typeof budgetSchema>): boolean {
  return [usd, sampling?.usd, judging?.usd, evaluation?.usd].some((limit) => limit !== undefined);
}

/** Whether a limit in US dollars can be kept. Only the sandbox costs nothing where nothing is said. */
export function hasPrices({ student, teacher }: Pick<Loop, 'student' | 'teacher'>): boolean {
  return [student, teacher].every(
    ({ endpoint, price }) => endpoint === 'sandbox' || price.prompt > 0 || price.completion > 0,
  );
}
