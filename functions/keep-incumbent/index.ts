import { defineStep } from '../define-step.ts';
import { storeServices } from '../lambda-services.ts';
import { keepIncumbent } from './handler.ts';

export const handler = defineStep(keepIncumbent, storeServices);
