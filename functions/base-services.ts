import { type Stop, stopOn } from '../core/stop.ts';
import { instantServing } from '../providers/openai-compatible/serving.ts';
import { noMetrics } from './metrics.ts';
import type { BaseServices, ServiceOptions } from './services.ts';

/** What takes no client of a vendor. */
export function baseServices(options: ServiceOptions): BaseServices {
  return {
    store: options.store,
    loop: options.environment['RATCHET_LOOP'],
    now: () => new Date(),
    progress: options.progress ?? { progress: () => undefined },
    stop: stopOf(options).signal,
    invocation: options.invocation,
    announcer: options.announcer ?? { tell: async () => undefined },
    metrics: options.metrics ?? noMetrics,
    serving: () => instantServing(),
  };
}

/** What stops the work: the end of the invocation, or the process. */
export function stopOf({ invocation, stop }: ServiceOptions): Stop {
  return invocation?.stop ?? stopOn(stop ?? never);
}
const never = new AbortController().signal;
