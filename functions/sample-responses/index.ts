import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { sampleResponses } from './handler.ts';

export const handler = defineStep(sampleResponses, servicesFromEnvironment);
