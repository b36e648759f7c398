import { loopServices } from '../../api-services.ts';
import { defineRoute } from '../define-route.ts';
import { rollBack } from './handler.ts';

export const handler = defineRoute(rollBack, loopServices);
