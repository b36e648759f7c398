import { defineStep } from '../define-step.ts';
import { trainerServices } from '../lambda-services.ts';
import { startTraining } from './handler.ts';

export const handler = defineStep(startTraining, trainerServices);
