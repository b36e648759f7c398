import { defineStep } from '../define-step.ts';
import { shardServices } from '../lambda-services.ts';
import { judgeResponses } from './handler.ts';

export const handler = defineStep(judgeResponses, shardServices);
