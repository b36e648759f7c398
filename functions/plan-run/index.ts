import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { planRun } from './handler.ts';

export const handler = defineStep(planRun, servicesFromEnvironment);
