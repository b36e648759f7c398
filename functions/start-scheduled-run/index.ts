import { scheduleServices } from '../api-services.ts';
import { defineStep } from '../define-step.ts';
import { startScheduledRun } from './handler.ts';

export const handler = defineStep(startScheduledRun, scheduleServices);
