import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { evaluateCandidate } from './handler.ts';

export const handler = defineStep(evaluateCandidate, servicesFromEnvironment);
