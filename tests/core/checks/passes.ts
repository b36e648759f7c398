import { type Check, checkSchema } from '../../../core/checks/check.ts';
import { runChecks } from '../../../core/checks/run-checks.ts';

export function passes(check: Check, text: string): boolean {
  return runChecks([checkSchema.parse(check)], text).passed === 1;
}
