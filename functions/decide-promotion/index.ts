import { defineStep } from '../define-step.ts';
import { servicesFromEnvironment } from '../services.ts';
import { decidePromotion } from './handler.ts';

export const handler = defineStep(decidePromotion, servicesFromEnvironment);
