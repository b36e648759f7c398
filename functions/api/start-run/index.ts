import { startServices } from '../../api-services.ts';
import { defineRoute } from '../define-route.ts';
import { startRun } from './handler.ts';

export const handler = defineRoute(startRun, startServices);
