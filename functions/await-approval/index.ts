import { defineStep } from '../define-step.ts';
import { approvalServices } from '../lambda-services.ts';
import { awaitApproval } from './handler.ts';

export const handler = defineStep(awaitApproval, approvalServices);
