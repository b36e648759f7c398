import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { startTraining } from './handler.ts';

export const handler = defineStep(startTraining, servicesFromEnvironment);
