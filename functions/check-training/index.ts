import { defineStep } from '../define-step.ts';
import { trainerServices } from '../lambda-services.ts';
import { checkTraining } from './handler.ts';

export const handler = defineStep(checkTraining, trainerServices);
