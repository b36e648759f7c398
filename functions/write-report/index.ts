import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { writeReport } from './handler.ts';

export const handler = defineStep(writeReport, servicesFromEnvironment);
