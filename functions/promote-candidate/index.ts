import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { promoteCandidate } from './handler.ts';

export const handler = defineStep(promoteCandidate, servicesFromEnvironment);
