import type { RunView, StudentView } from '../../../core/api.ts';
import { keys } from '../../../core/artifact-keys.ts';
import type { Loop } from '../../../core/loop.ts';
import type { PreferencePair } from '../../../core/pairs/preference-pair.ts';
import type { Report } from '../../../core/report.ts';
import { sampleReport } from '../../functions/write-report/sample-report.ts';

export const run = 'small-7';
export const consoleUrl =
  'https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/arn:x';

/** A run that has just begun; `changes` say what is otherwise. */
export function sampleView(changes: Partial<RunView> = {}): RunView {
  return {
    run,
    loop: 'small',
    version: 'ff7526011d2c76daf59bf12e46a7b3df',
    seed: 2,
    status: 'running',
    ending: null,
    startedAt: '2026-11-25T16:29:04.000Z',
    stoppedAt: null,
    stage: 'Plan run',
    round: 1,
    rounds: 1,
    progress: [],
    decided: [],
    spent: { calls: 0, promptTokens: 0, completionTokens: 0, usd: 0 },
    forecast: null,
    estimatedEnd: null,
    approval: null,
    failure: null,
    console: consoleUrl,
    ...changes,
  };
}

export function progress(step: string, done: number, of: number, usd: number): RunView['progress'][number] {
  return { step, round: 1, done, of, usd };
}

export const decided: RunView['decided'] = [
  {
    round: 1,
    promoted: true,
    incumbent: 'ft:desk-base:r1',
    winRate: 0.74,
    checkRate: 0.578,
    reasons: ['It is better.'],
  },
];

export const ended = sampleView({
  status: 'ended',
  ending: 'finished',
  stage: null,
  stoppedAt: '2026-11-25T16:35:46.000Z',
  progress: [progress('sample-responses', 24, 24, 0.01), progress('judge-responses', 24, 24, 0.05)],
  decided,
  spent: { calls: 812, promptTokens: 100_000, completionTokens: 20_000, usd: 0.31 },
});

export const failed = sampleView({
  status: 'failed',
  ending: 'failed',
  stage: null,
  stoppedAt: '2026-11-25T16:30:04.000Z',
  progress: [progress('sample-responses', 24, 24, 0.01)],
  failure: {
    Error: 'ProviderRejectedRequest',
    Cause: 'The student refuses the request (404): there is no model desk-bass.',
    state: 'Start training',
    log: 'start-training: ProviderRejectedRequest: there is no model desk-bass.',
  },
});

export const waiting = sampleView({
  stage: 'Await approval',
  approval: {
    round: 1,
    before: 'training',
    since: '2026-11-25T16:31:00.000Z',
    until: '2026-11-26T16:31:00.000Z',
    summary: '20 pairs are ready to train on. The training may cost $0.50.',
  },
});

export const student: StudentView = {
  loop: 'small',
  incumbent: 'ft:desk-base:r1',
  lineage: [
    {
      model: 'desk-base',
      how: 'base',
      at: '2026-11-25T16:29:04.000Z',
      run: null,
      round: null,
      evidence: null,
      reason: null,
    },
    {
      model: 'ft:desk-base:r1',
      how: 'promotion',
      at: '2026-11-25T16:35:04.000Z',
      run,
      round: 1,
      evidence: { winRate: 0.741, low: 0.67, high: 0.746, prompts: 24, checkRate: 0.578 },
      reason: null,
    },
  ],
};

export function samplePair(
  id: string,
  text = 'I am sorry about your kettle. We send a new one today.',
): PreferencePair {
  return {
    prompt: { id, messages: [{ role: 'user', content: 'My kettle is broken.' }] },
    chosen: { id: `${id}/0`, text },
    rejected: { id: `${id}/2`, text: 'Whatever.\u001b[31m\u0007' },
    margin: 0.84,
    decidedBy: 'teacher',
    critiques: { chosen: 'Says what happens next.', rejected: 'Rude.' },
    provenance: { round: 1, student: 'desk-base', teacher: 'desk-teacher', judgePromptVersion: '1', seed: 2 },
  };
}

export function sampleReportOf(name: string): Report {
  const { rounds, ...report } = sampleReport();
  const [first] = rounds;
  const ending = { name: 'finished', says: 'The round was run; it promoted a new student.' } as const;
  return { ...report, run: name, loop: 'small', ending, rounds: [first!] };
}

/** What the steps have left in the store of round 1, which is decided; and what comparing the students has cost. */
export function artifactsOfRound(): { readonly artifacts: Record<string, string>; readonly usd: number } {
  const { decision, evaluation, heldOut, usage } = sampleReportOf(run).rounds[0]!;
  const pairedChecks = { prompts: 0, onlyCandidate: 0, onlyIncumbent: 0 };
  const artifacts = inJson({
    [keys.decision(run, 1)]: decision,
    [keys.evaluation(run, 1)]: { evaluation, heldOut, pairedChecks, abstentionReasons: {}, usage },
  });
  return { artifacts, usd: usage.usd };
}

/** The same when the run is over. */
export function artifactsOfRun(loop: Loop): Record<string, string> {
  const report = sampleReportOf(run);
  const plan = {
    ...{ format: 1, run, version: sampleView().version, loop, startedAt: sampleView().startedAt },
    ...{ salt: 'salt', incumbent: 'desk-base', prompts: { train: 24, heldOut: 24 }, shards: { train: 4, heldOut: 4 } },
    forecast: report.usage,
  };
  return { ...artifactsOfRound().artifacts, ...inJson({ [keys.run(run)]: plan, [keys.report(run)]: report }) };
}

function inJson(artifacts: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(artifacts).map(([key, value]) => [key, JSON.stringify(value)]));
}
