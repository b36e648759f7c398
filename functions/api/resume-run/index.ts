import { runServices } from '../../api-services.ts';
import { defineRoute } from '../define-route.ts';
import { resumeRun } from './handler.ts';

export const handler = defineRoute(resumeRun, runServices);
