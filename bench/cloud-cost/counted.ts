import type { Wish } from './bench-account.ts';
import type { Executed } from './count-executions.ts';
import type { Logged } from './count-logs.ts';
import type { Left } from './count-store.ts';
import type { MeteredRequest } from './request-meter.ts';

/** All that is known of one run of the benchmark. */
export interface Counted {
  readonly wish: Wish;
  readonly requests: readonly MeteredRequest[];
  readonly executed: Executed;
  readonly logged: Logged;
  readonly left: Left;
}
