import { defineStep } from '../define-step.ts';
import { storeServices } from '../lambda-services.ts';
import { checkServing } from './handler.ts';

export const handler = defineStep(checkServing, storeServices);
