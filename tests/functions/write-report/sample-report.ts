import { percent, wealthInWords } from '../../../core/evaluation/wording.ts';
import { type Decision, type Report, type RoundReport, reportSchema } from '../../../core/report.ts';
import { addUsage, type Usage } from '../../../core/usage.ts';
import { sampleEvaluation } from './sample-evaluation.ts';
import { samplePairs, sampleReplies } from './sample-texts.ts';

/** A run of the support desk: three promotions, then a candidate that over-training spoiled and the gate refused. */
export function sampleReport(): Report {
  const rounds = rates.map((_, index) => sampleRound(index + 1));
  return reportSchema.parse({
    format: 1,
    run: 'support-desk-20260302T030000Z',
    loop: 'support-desk',
    description: 'Answers customers of a small shop politely, about the right item, with a concrete next step.',
    seed: 7,
    startedAt: '2026-03-02T03:00:00.000Z',
    finishedAt: '2026-03-02T03:06:42.000Z',
    ending: { name: 'finished', says: 'All 4 rounds were run; 3 of them promoted a new student.' },
    student: 'desk-base',
    teacher: 'rule-teacher-1',
    method: 'dpo',
    incumbent: {
      before: { model: 'desk-base', checkRate: 0.2422 },
      after: { model: 'ft:desk-base:r3', checkRate: 0.8086 },
    },
    rounds,
    usage: addUsage(...rounds.map((round) => round.usage)),
    usageByStage: Object.fromEntries(
      stageNames.map((stage) => [stage, addUsage(...rounds.map((round) => round.usageByStage[stage] as Usage))]),
    ),
    lineage: [
      {
        model: 'desk-base',
        how: 'base',
        at: '2026-02-20T09:12:00.000Z',
        run: null,
        round: null,
        evidence: null,
        reason: null,
      },
      ...rounds.filter((round) => round.decision?.promote).map(promotion),
    ],
  } satisfies Report);
}

/** Held-out check rates of incumbent and candidate in each round. */
const rates = [
  [0.2422, 0.5781],
  [0.5781, 0.7422],
  [0.7422, 0.8086],
  [0.8086, 0.4805],
] as const;

const stageNames = ['sample-responses', 'judge-responses', 'training', 'evaluate-candidate'] as const;

const usageByStage: Readonly<Record<(typeof stageNames)[number], Usage>> = {
  'sample-responses': { calls: 192, promptTokens: 4_320, completionTokens: 14_850, usd: 0.0031 },
  'judge-responses': { calls: 1_123, promptTokens: 401_200, completionTokens: 21_400, usd: 0.4172 },
  training: { calls: 0, promptTokens: 0, completionTokens: 0, usd: 0.25 },
  'evaluate-candidate': { calls: 980, promptTokens: 188_400, completionTokens: 19_700, usd: 0.2055 },
};

/** One round that went as planned; the fourth is refused. */
export function sampleRound(round: number, [from, to] = rates[(round - 1) % rates.length] ?? rates[0]): RoundReport {
  const promote = to > from;
  const evaluation = sampleEvaluation(round, promote ? 0.7 + (to - from) / 3 : 0.36);
  return {
    round,
    incumbent: round === 1 ? 'desk-base' : `ft:desk-base:r${round - 1}`,
    candidate: `ft:desk-base:r${round}`,
    labels: sampleLabels,
    dataset: {
      pairs: 137,
      train: 121,
      validation: 13,
      leftOut: { duplicate: 2, 'same-chosen-text': 1 },
      meanWords: { chosen: 13.2, rejected: 9.7 },
      chosenLonger: 0.71,
      warnings: [
        'Chosen responses have 1.36 times the words of rejected ones: training may teach length; 0.9 to 1.15 is sound.',
      ],
      hashes: { train: '5b1f0c6e9d2a47c8b3e0f1a2d4c6e8f0', validation: '0f9e8d7c6b5a49382716f5e4d3c2b1a0' },
      exports: {
        'openai-preference': { train: 121, validation: 13 },
        'trl-preference': { train: 119, validation: 13 },
        sft: { train: 121, validation: 13 },
      },
    },
    training: {
      method: 'dpo',
      job: `ftjob-support-desk-${round}`,
      status: 'succeeded',
      trainedTokens: 46_080,
      hyperparameters: { n_epochs: 3, beta: 0.1, learning_rate_multiplier: 'auto' },
    },
    heldOut: { incumbent: heldOut(round - 1, from, 12.4), candidate: heldOut(round, to, promote ? 13.1 : 21.9) },
    evaluation,
    decision: decision(promote, evaluation),
    promoted: promote,
    usage: addUsage(...Object.values(usageByStage)),
    usageByStage: { ...usageByStage },
    gallery: samplePairs,
    beforeAfter: sampleReplies(promote),
  };
}

const sampleLabels: RoundReport['labels'] = {
  prompts: 192,
  responses: 766,
  missing: { ProviderOverloaded: 2 },
  leftOut: { duplicate: 37, empty: 3 },
  verdicts: 1_011,
  verdictsByChecks: 318,
  abstentions: 17,
  abstentionReasons: { unreadable: 11, refused: 4, 'cut-off': 2 },
  ties: 96,
  orderConflicts: 9,
  pairs: 137,
  noPair: { tie: 31, 'order-conflict': 9, 'fewer-than-two-responses': 6, abstention: 9 },
  firstShownWins: 0.534,
  canaries: { asked: 5, missed: 0, abstained: 0 },
  unreadableCritiques: 0,
};

function heldOut(
  round: number,
  checkRate: number,
  meanWords: number,
): NonNullable<RoundReport['heldOut']>['incumbent'] {
  const model = round === 0 ? 'desk-base' : `ft:desk-base:r${round}`;
  return {
    model,
    responses: 256,
    checkRate,
    meanWords,
    refusalRate: 0.0039,
    cutOffRate: meanWords > 20 ? 0.1914 : 0.0117,
    repetition: 0.021,
  };
}

function decision(promote: boolean, { winRate, low, high, wealth }: NonNullable<RoundReport['evaluation']>): Decision {
  const checks = promote
    ? "Checks: on 256 prompts only the candidate was right 96 times and only the incumbent 10 times; at 95 % confidence the candidate's check rate is at least 24.1 points higher, and 5.0 points lower is allowed."
    : "Checks: on 256 prompts only the candidate was right 12 times and only the incumbent 96 times; at 95 % confidence the candidate's check rate is at most 39.9 points lower, and 5.0 points lower is allowed.";
  const highest = wealthInWords(Math.max(...wealth.map(([, log10]) => log10)));
  const evidence = `The candidate's win rate on 256 held-out prompts is ${percent(winRate)} (95 % interval ${percent(low)} to ${percent(high)}); the evidence against "no better" reached ${highest}, 80 was needed.`;
  return {
    promote,
    reasons: promote
      ? [evidence, 'All 4 guards hold.']
      : ['Over all 256 prompts the candidate did not win more than it lost.', checks, evidence],
    alpha: 0.0125,
    guards: [
      { name: 'checks', passed: promote, says: checks },
      {
        name: 'length',
        passed: true,
        says: 'Length: 13.1 words on average after 12.4, 1.06 times as many; 0.50 to 2.00 is allowed.',
      },
      { name: 'refusals', passed: true, says: 'Refusals: 0.4 % after 0.4 %; a rise of 2.0 points is allowed.' },
      { name: 'readable-verdicts', passed: true, says: 'Abstentions: 0 of 256 prompts (0.0 %); 2.0 % is allowed.' },
    ],
  };
}

function promotion(round: RoundReport): Report['lineage'][number] {
  const { winRate, low, high, prompts } = round.evaluation!;
  const evidence = { winRate, low, high, prompts, checkRate: round.heldOut!.candidate.checkRate };
  const at = `2026-03-02T03:0${round.round * 1.5 > 5 ? 5 : round.round}:30.000Z`;
  return {
    model: round.candidate!,
    how: 'promotion',
    at,
    run: 'support-desk-20260302T030000Z',
    round: round.round,
    evidence,
    reason: null,
  };
}
