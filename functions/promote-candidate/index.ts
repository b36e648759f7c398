import { defineStep } from '../define-step.ts';
import { storeServices } from '../lambda-services.ts';
import { promoteCandidate } from './handler.ts';

export const handler = defineStep(promoteCandidate, storeServices);
