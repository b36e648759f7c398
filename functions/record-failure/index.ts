import { defineStep } from '../define-step.ts';
import { storeServices } from '../lambda-services.ts';
import { recordFailure } from './handler.ts';

export const handler = defineStep(recordFailure, storeServices);
