import { loopServices } from '../../api-services.ts';
import { defineRoute } from '../define-route.ts';
import { getStudent } from './handler.ts';

export const handler = defineRoute(getStudent, loopServices);
