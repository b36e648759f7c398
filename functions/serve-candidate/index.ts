import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { serveCandidate } from './handler.ts';

export const handler = defineStep(serveCandidate, servicesFromEnvironment);
