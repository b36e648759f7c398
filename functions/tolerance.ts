import { ProviderRejectedRequest } from '../core/errors.ts';
import type { Student, Teacher } from '../core/ports.ts';

/** What a request is refused with for what is in it; a wrong model or path is 404. */
const ofOneRequest: readonly (number | undefined)[] = [400, 413, 422];
/** So many requests refused before any was answered mean that the loop file is wrong, not the prompts. */
const REFUSED_AT_FIRST = 3;
const nothing = { tokens: { promptTokens: 0, completionTokens: 0 }, calls: 1 };

/**
 * For the work on one shard. A request that the endpoint refuses for what is in it (too long for the model, say) costs its
 * prompt, counted as `rejected`, and not the run. Where the first ones are all refused, the error goes through.
 */
export function tolerantStudent(student: Student): Student {
  const tolerate = tolerance();
  return {
    model: student.model,
    sample: (request) =>
      tolerate(
        () => student.sample(request),
        () => ({
          ...nothing,
          texts: Array.from({ length: request.count }, () => ({ text: '', finish: 'rejected' as const })),
        }),
      ),
  };
}

export function tolerantTeacher(teacher: Teacher): Teacher {
  const tolerate = tolerance();
  return {
    model: teacher.model,
    ask: (request) =>
      tolerate(
        () => teacher.ask(request),
        () => ({ ...nothing, text: undefined, finish: 'rejected' as const }),
      ),
  };
}

function tolerance() {
  let answered = 0;
  let refused = 0;
  return async <T>(call: () => Promise<T>, instead: () => T): Promise<T> => {
    try {
      const answer = await call();
      answered++;
      return answer;
    } catch (error) {
      if (!(error instanceof ProviderRejectedRequest) || !ofOneRequest.includes(error.status)) throw error;
      refused++;
      if (answered === 0 && refused >= REFUSED_AT_FIRST) throw error;
      return instead();
    }
  };
}
