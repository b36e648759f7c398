import { defineStep } from '../define-step.ts';
import { shardServices } from '../lambda-services.ts';
import { sampleResponses } from './handler.ts';

export const handler = defineStep(sampleResponses, shardServices);
