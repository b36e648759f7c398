import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { checkServing } from './handler.ts';

export const handler = defineStep(checkServing, servicesFromEnvironment);
