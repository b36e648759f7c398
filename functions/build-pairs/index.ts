import { defineStep } from '../define-step.ts';
import { storeServices } from '../lambda-services.ts';
import { buildPairs } from './handler.ts';

export const handler = defineStep(buildPairs, storeServices);
