import { defineStep } from '../define-step.ts';
import { storeServices } from '../lambda-services.ts';
import { assembleDataset } from './handler.ts';

export const handler = defineStep(assembleDataset, storeServices);
