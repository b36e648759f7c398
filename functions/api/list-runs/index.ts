import { runServices } from '../../api-services.ts';
import { defineRoute } from '../define-route.ts';
import { listRuns } from './handler.ts';

export const handler = defineRoute(listRuns, runServices);
