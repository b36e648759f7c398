import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { awaitApproval } from './handler.ts';

export const handler = defineStep(awaitApproval, servicesFromEnvironment);
