import { defineStep } from '../define-step.ts';
import { planServices } from '../lambda-services.ts';
import { planRun } from './handler.ts';

export const handler = defineStep(planRun, planServices);
