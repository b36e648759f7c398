import { defineStep } from '../define-step.ts';
import { storeServices } from '../lambda-services.ts';
import { decidePromotion } from './handler.ts';

export const handler = defineStep(decidePromotion, storeServices);
