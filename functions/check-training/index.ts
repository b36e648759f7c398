import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { checkTraining } from './handler.ts';

export const handler = defineStep(checkTraining, servicesFromEnvironment);
