import type * as z from 'zod';
import { assembleDataset } from './assemble-dataset/handler.ts';
import { awaitApproval } from './await-approval/handler.ts';
import { buildPairs } from './build-pairs/handler.ts';
import { checkServing } from './check-serving/handler.ts';
import { checkTraining } from './check-training/handler.ts';
import { decidePromotion } from './decide-promotion/handler.ts';
import type { Step } from './define-step.ts';
import { evaluateCandidate } from './evaluate-candidate/handler.ts';
import { failRun } from './fail-run/handler.ts';
import { judgeResponses } from './judge-responses/handler.ts';
import { keepIncumbent } from './keep-incumbent/handler.ts';
import { planRun } from './plan-run/handler.ts';
import { promoteCandidate } from './promote-candidate/handler.ts';
import { recordFailure } from './record-failure/handler.ts';
import { sampleResponses } from './sample-responses/handler.ts';
import { serveCandidate } from './serve-candidate/handler.ts';
import { startTraining } from './start-training/handler.ts';
import { writeReport } from './write-report/handler.ts';

/** Every step of the workflow by its name, for whoever runs them all in one process: the local runner and the tests. */
export const steps: ReadonlyMap<string, Step<z.ZodType, z.ZodType>> = new Map(
  [
    planRun,
    sampleResponses,
    judgeResponses,
    buildPairs,
    assembleDataset,
    awaitApproval,
    startTraining,
    checkTraining,
    serveCandidate,
    checkServing,
    evaluateCandidate,
    decidePromotion,
    promoteCandidate,
    keepIncumbent,
    writeReport,
    recordFailure,
    failRun,
  ].map((step) => [step.name, step as unknown as Step<z.ZodType, z.ZodType>]),
);
