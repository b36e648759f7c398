import { defineStep } from '../define-step.ts';
import { announcingServices } from '../lambda-services.ts';
import { writeReport } from './handler.ts';

export const handler = defineStep(writeReport, announcingServices);
