import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { keepIncumbent } from './handler.ts';

export const handler = defineStep(keepIncumbent, servicesFromEnvironment);
