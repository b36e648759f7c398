import { defineStep } from '../define-step.ts';
import { storeServices } from '../lambda-services.ts';
import { serveCandidate } from './handler.ts';

export const handler = defineStep(serveCandidate, storeServices);
