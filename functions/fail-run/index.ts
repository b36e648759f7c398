import { defineStep } from '../define-step.ts';
import { storeServices } from '../lambda-services.ts';
import { failRun } from './handler.ts';

export const handler = defineStep(failRun, storeServices);
