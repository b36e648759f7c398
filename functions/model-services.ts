import type { Loop } from '../core/loop.ts';
import { shardsAtOnce } from '../core/loop.ts';
import type { Student, Teacher } from '../core/ports.ts';
import type { Stop } from '../core/stop.ts';
import { type Clock, realClock } from '../providers/call-engine/clock.ts';
import { type EndpointPool, endpointPool } from '../providers/call-engine/endpoint-pool.ts';
import { type ModelCalls, pooledCalls } from '../providers/call-engine/model-calls.ts';
import { type RateLimit, rateLimit } from '../providers/call-engine/rate-limit.ts';
import { openaiStudent } from '../providers/openai-compatible/student.ts';
import { openaiTeacher } from '../providers/openai-compatible/teacher.ts';
import { stopOf } from './base-services.ts';
import { endpointClients } from './endpoint-client.ts';
import type { ServiceOptions, Services } from './services.ts';

/** Student and teacher, called through pools. */
export function modelServices(options: ServiceOptions): Pick<Services, 'student' | 'teacher' | 'throttled'> {
  const { invocation } = options;
  const clientFor = endpointClients(options);
  let throttled = 0;
  const pools = callsInPools(options.clock ?? realClock, stopOf(options), invocation ? shardsAtOnce : () => 1);
  const calls = (loop: Loop, role: 'student' | 'teacher', model: string) => pools(loop, role, model, () => throttled++);
  // What an endpoint refuses is remembered as long as its object lives, so each is made once.
  const students = new Map<string, Student>();
  const teachers = new Map<string, Teacher>();
  return {
    throttled: () => throttled,
    student: (loop, model) =>
      kept(students, [loop.student.endpoint, loop.student.apiKeyEnv, model], () =>
        openaiStudent({
          client: clientFor(loop.student),
          model,
          logprobs: true,
          calls: calls(loop, 'student', model),
        }),
      ),
    teacher: (loop) =>
      kept(teachers, [loop.teacher.endpoint, loop.teacher.apiKeyEnv, loop.teacher.model], () =>
        openaiTeacher({
          client: clientFor(loop.teacher),
          model: loop.teacher.model,
          logprobs: true,
          calls: calls(loop, 'teacher', loop.teacher.model),
        }),
      ),
  };
}

/**
 * One pool for each endpoint, whoever calls it; one rate for each model there. What the loop file allows is shared with the
 * processes that work on other shards: `processes` of them, with this one.
 */
function callsInPools(clock: Clock, stop: Stop, processes: (loop: Loop) => number) {
  const pools = new Map<string, EndpointPool>();
  const rates = new Map<string, RateLimit>();
  return (loop: Loop, role: 'student' | 'teacher', model: string, onCongested: () => void): ModelCalls => {
    const { endpoint, apiKeyEnv, requestsPerMinute, tokensPerMinute, hedgeAfterSeconds } = loop[role];
    const sharing = [loop.student, loop.teacher].filter((other) => other.endpoint === endpoint);
    const share = 1 / processes(loop);
    const callsAtOnce = Math.floor(Math.min(...sharing.map((other) => other.callsAtOnce)) * share);
    const pool = kept(pools, [endpoint, apiKeyEnv], () => endpointPool(Math.max(1, callsAtOnce), clock, stop));
    // A rate that the loop file sets is the role's, whichever of its models is called; one that headers teach is the model's.
    const isSet = requestsPerMinute !== undefined || tokensPerMinute !== undefined;
    const rate = kept(rates, [endpoint, apiKeyEnv, isSet ? role : model], () =>
      rateLimit({ requests: shareOf(requestsPerMinute, share), tokens: shareOf(tokensPerMinute, share) }),
    );
    return pooledCalls({ pool, rate, clock, stop, hedgeAfterSeconds, onCongested });
  };
}

function shareOf(limit: number | undefined, share: number): number | undefined {
  return limit === undefined ? undefined : limit * share;
}

function kept<T>(made: Map<string, T>, parts: readonly (string | undefined)[], make: () => T): T {
  const key = JSON.stringify(parts);
  const found = made.get(key) ?? make();
  made.set(key, found);
  return found;
}
