import * as z from 'zod';
import { trainingMethods } from './ports.ts';
import { exportFormats } from './training/export-records.ts';
import { usageSchema } from './usage.ts';

const share = z.number().min(0).max(1);
const counts = z.record(z.string(), z.int().min(0));

/** How one student does on the held-out prompts, by code alone. Shares are of all its held-out responses. */
export const heldOutSchema = z.strictObject({
  model: z.string(),
  responses: z.int().min(0),
  /** Responses that pass every check; null where no held-out prompt has checks. */
  checkRate: share.nullable(),
  meanWords: z.number().min(0),
  refusalRate: share,
  cutOffRate: share,
  /** Mean share of repeated word pairs within a response, 0 to 1. */
  repetition: share,
});
export type HeldOut = z.infer<typeof heldOutSchema>;

export const evaluationSchema = z.strictObject({
  /** Mean score of the candidate: a win counts by the teacher's probability where it is known, else 1; a tie or abstention 0.5. */
  winRate: share,
  /** 95 % confidence interval by betting (arXiv 2010.09686), valid at any sample size. */
  low: share,
  high: share,
  prompts: z.int().min(0),
  wins: z.int().min(0),
  ties: z.int().min(0),
  losses: z.int().min(0),
  abstentions: z.int().min(0),
  decidedByChecks: z.int().min(0),
  /** The e-process: `[prompts seen, log10 of the wealth]`, thinned for plotting; its highest point is always there. */
  wealth: z.array(z.tuple([z.int(), z.number()])),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

export const guardSchema = z.strictObject({
  name: z.enum(['checks', 'length', 'refusals', 'repetition', 'cut-off', 'readable-verdicts']),
  passed: z.boolean(),
  /** One sentence with the numbers. */
  says: z.string(),
});
export type Guard = z.infer<typeof guardSchema>;

export const decisionSchema = z.strictObject({
  promote: z.boolean(),
  /** In words, the decisive ones first. */
  reasons: z.array(z.string()).min(1),
  /** This round's share of alpha; the wealth must reach 1 / alpha. */
  alpha: z.number().min(0).max(1),
  guards: z.array(guardSchema),
});
export type Decision = z.infer<typeof decisionSchema>;

/** Where the labels of a round come from: how many came in, went out, and why not. */
export const labelsSchema = z.strictObject({
  prompts: z.int().min(0),
  responses: z.int().min(0),
  /** Responses that were asked for and did not come, by reason. */
  missing: counts,
  /** Responses that came and did not go to the judge (`duplicate`, `empty`, `refusal`, `filtered`, `rejected`), by reason. */
  leftOut: counts,
  verdicts: z.int().min(0),
  verdictsByChecks: z.int().min(0),
  abstentions: z.int().min(0),
  abstentionReasons: counts,
  ties: z.int().min(0),
  orderConflicts: z.int().min(0),
  pairs: z.int().min(0),
  /** Prompts that gave no pair, by reason; with `pairs` they add up to `prompts`. */
  noPair: counts,
  /** Share of the teacher's decided verdicts won by the response shown first; null before any. */
  firstShownWins: share.nullable(),
  canaries: z.strictObject({ asked: z.int().min(0), missed: z.int().min(0), abstained: z.int().min(0) }),
  /** Pairs whose critiques could not be read; the pair stands without them. */
  unreadableCritiques: z.int().min(0),
});
export type Labels = z.infer<typeof labelsSchema>;

export const datasetSchema = z.strictObject({
  pairs: z.int().min(0),
  train: z.int().min(0),
  validation: z.int().min(0),
  /** Pairs left out while assembling, by reason. */
  leftOut: counts,
  meanWords: z.strictObject({ chosen: z.number(), rejected: z.number() }),
  /** Share of pairs whose chosen response has more words. */
  chosenLonger: share.nullable(),
  warnings: z.array(z.string()),
  hashes: z.strictObject({ train: z.string(), validation: z.string() }),
  /** Lines of each export: fewer than pairs where a format can't hold some. */
  exports: z.record(z.enum(exportFormats), z.strictObject({ train: z.int().min(0), validation: z.int().min(0) })),
});
export type Dataset = z.infer<typeof datasetSchema>;

export const galleryPairSchema = z.strictObject({
  prompt: z.string(),
  chosen: z.string(),
  rejected: z.string(),
  margin: z.number(),
  decidedBy: z.enum(['checks', 'teacher']),
  critiques: z.strictObject({ chosen: z.string(), rejected: z.string() }).nullable(),
});

export const beforeAfterSchema = z.strictObject({
  prompt: z.string(),
  incumbent: z.string(),
  candidate: z.string(),
  incumbentRight: z.boolean().nullable(),
  candidateRight: z.boolean().nullable(),
  outcome: z.enum(['win', 'tie', 'loss', 'abstention']),
});

export const stages = ['sample-responses', 'judge-responses', 'training', 'evaluate-candidate'] as const;

export const roundReportSchema = z.strictObject({
  round: z.int().min(1),
  incumbent: z.string(),
  candidate: z.string().nullable(),
  labels: labelsSchema,
  dataset: datasetSchema.nullable(),
  training: z
    .strictObject({
      method: z.enum(trainingMethods),
      job: z.string(),
      status: z.string(),
      trainedTokens: z.int().nullable(),
      hyperparameters: z.record(z.string(), z.union([z.number(), z.literal('auto')])),
    })
    .nullable(),
  heldOut: z.strictObject({ incumbent: heldOutSchema, candidate: heldOutSchema }).nullable(),
  evaluation: evaluationSchema.nullable(),
  decision: decisionSchema.nullable(),
  /** Whether the pointer moved: not when somebody else moved it first. Null before. */
  promoted: z.boolean().nullable(),
  usage: usageSchema,
  usageByStage: z.partialRecord(z.enum(stages), usageSchema),
  gallery: z.array(galleryPairSchema),
  beforeAfter: z.array(beforeAfterSchema),
});
export type RoundReport = z.infer<typeof roundReportSchema>;

export const lineageEntrySchema = z.strictObject({
  model: z.string(),
  how: z.enum(['base', 'promotion', 'rollback']),
  at: z.string(),
  run: z.string().nullable(),
  round: z.int().nullable(),
  evidence: z
    .strictObject({ winRate: share, low: share, high: share, prompts: z.int(), checkRate: share.nullable() })
    .nullable(),
  reason: z.string().nullable(),
});
export type LineageEntry = z.infer<typeof lineageEntrySchema>;

export const endings = [
  'finished',
  'dataset-ready',
  'nothing-to-learn',
  'budget-reached',
  'approval-pending',
  'approval-refused',
  'approval-expired',
  'failed',
] as const;
export type Ending = (typeof endings)[number];

/** `runs/<run>/report.json`: the whole story of one run; report.html is drawn from it and from nothing else. */
export const reportSchema = z.strictObject({
  format: z.literal(1),
  run: z.string(),
  loop: z.string(),
  description: z.string(),
  seed: z.int(),
  startedAt: z.string(),
  finishedAt: z.string(),
  ending: z.strictObject({ name: z.enum(endings), says: z.string() }),
  student: z.string(),
  teacher: z.string(),
  /** Null for a loop without a trainer: its run ends with the dataset. */
  method: z.enum(trainingMethods).nullable(),
  incumbent: z.strictObject({
    before: z.strictObject({ model: z.string(), checkRate: share.nullable() }),
    after: z.strictObject({ model: z.string(), checkRate: share.nullable() }),
  }),
  rounds: z.array(roundReportSchema),
  usage: usageSchema,
  usageByStage: z.partialRecord(z.enum(stages), usageSchema),
  /** Calls of earlier runs that were used again, and not paid again. */
  reused: z.int().min(1).optional(),
  lineage: z.array(lineageEntrySchema),
});
export type Report = z.infer<typeof reportSchema>;
