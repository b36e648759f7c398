import { watchServices } from '../../api-services.ts';
import { defineRoute } from '../define-route.ts';
import { getRun } from './handler.ts';

export const handler = defineRoute(getRun, watchServices);
