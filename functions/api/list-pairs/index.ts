import { loopServices } from '../../api-services.ts';
import { defineRoute } from '../define-route.ts';
import { listPairs } from './handler.ts';

export const handler = defineRoute(listPairs, loopServices);
