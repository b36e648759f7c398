import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { judgeResponses } from './handler.ts';

export const handler = defineStep(judgeResponses, servicesFromEnvironment);
