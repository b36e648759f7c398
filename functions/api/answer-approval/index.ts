import { runServices } from '../../api-services.ts';
import { defineRoute } from '../define-route.ts';
import { answerApproval } from './handler.ts';

export const handler = defineRoute(answerApproval, runServices);
