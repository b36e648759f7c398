import { runServices } from '../../api-services.ts';
import { defineRoute } from '../define-route.ts';
import { stopRun } from './handler.ts';

export const handler = defineRoute(stopRun, runServices);
