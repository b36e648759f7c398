import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { buildPairs } from './handler.ts';

export const handler = defineStep(buildPairs, servicesFromEnvironment);
