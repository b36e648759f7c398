import { reportServices } from '../../api-services.ts';
import { defineRoute } from '../define-route.ts';
import { getReport } from './handler.ts';

export const handler = defineRoute(getReport, reportServices);
