import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { recordFailure } from './handler.ts';

export const handler = defineStep(recordFailure, servicesFromEnvironment);
