import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { assembleDataset } from './handler.ts';

export const handler = defineStep(assembleDataset, servicesFromEnvironment);
