import { defineStep } from '../define-step.ts';
import { shardServices } from '../lambda-services.ts';
import { evaluateCandidate } from './handler.ts';

export const handler = defineStep(evaluateCandidate, shardServices);
