import type { Loop } from '../core/loop.ts';
import type { SampleRequest, Student, Teacher, TeacherRequest, Tokens } from '../core/ports.ts';
import type { Message } from '../core/prompt.ts';
import { type Price, priced, type Usage } from '../core/usage.ts';
import type { Purse } from './budget.ts';
import { type CallRecord, callHash } from './call-record.ts';
import { type Loss, type Tolerant, tolerantStudent, tolerantTeacher } from './tolerance.ts';

/** Student and teacher as the steps call them: recorded, within the budget, and tolerant of what concerns one prompt alone. */
export interface PaidModels {
  student(model: string): Student;
  teacher(): Teacher;
  /** Resolves when no call is under way. Who gives up after one of several calls has failed does not wait for the others. */
  atRest(): Promise<void>;
}

export interface PaidModelsOptions {
  readonly loop: Loop;
  readonly student: (loop: Loop, model: string) => Student;
  readonly teacher: (loop: Loop) => Teacher;
  readonly record: CallRecord;
  readonly purse: Purse;
  readonly now: () => Date;
  /** Throws where no new call is to be begun. */
  readonly insistOnGoingOn: () => void;
}

export function paidModels(options: PaidModelsOptions): PaidModels {
  const { loop } = options;
  const underWay = new Set<Promise<unknown>>();
  function watched<A>(call: Promise<A>): Promise<A> {
    underWay.add(call);
    const left = () => underWay.delete(call);
    call.then(left, left);
    return call;
  }
  return {
    student(name) {
      const student = tolerantStudent(options.student(loop, name));
      return {
        model: student.model,
        sample: (request) =>
          watched(
            paid(options, loop.student, student, {
              request,
              asked: ['sample', loop.student.endpoint, student.model, { ...request, prompt: request.prompt.messages }],
              worst: worstOfSampling(request),
            }),
          ),
      };
    },
    teacher() {
      const teacher = tolerantTeacher(options.teacher(loop));
      return {
        model: teacher.model,
        ask: (request) =>
          watched(
            paid(options, loop.teacher, teacher, {
              request,
              asked: ['ask', loop.teacher.endpoint, teacher.model, request],
              worst: worstOfAsking(request),
            }),
          ),
      };
    },
    async atRest() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

interface PaidCall<R> {
  readonly request: R;
  readonly asked: unknown;
  readonly worst: Tokens;
}

async function paid<R, A extends { readonly tokens: Tokens; readonly calls: number }>(
  { record, purse, now, insistOnGoingOn }: PaidModelsOptions,
  { price, hedgeAfterSeconds }: Loop['student'] | Loop['teacher'],
  model: Tolerant<R, A>,
  { request, asked, worst }: PaidCall<R>,
): Promise<A> {
  const hash = callHash(asked);
  const found = record.find(hash);
  if (found) {
    const outcome = found.answer as unknown as A | Loss;
    model.recall(outcome);
    // What an earlier run has paid for costs this one nothing.
    return { ...model.answerOf(request, outcome), ...(found.isOfThisRun ? {} : nothing) };
  }
  insistOnGoingOn();
  const held = await purse.setAside(usageOf(worst, hedgeAfterSeconds === undefined ? 1 : 2, price));
  let usage = usageOf(nothing.tokens, 0, price);
  try {
    insistOnGoingOn();
    const outcome = await model.attempt(request);
    const answer = model.answerOf(request, outcome);
    usage = { ...priced(answer.tokens, price), calls: answer.calls };
    // What cost nothing is not recorded: a shard that is resumed asks again.
    if (answer.calls > 0) await record.add({ call: hash, at: now().toISOString(), usage, answer: { ...outcome } });
    return answer;
  } finally {
    held.settle(usage);
  }
}

const nothing = { tokens: { promptTokens: 0, completionTokens: 0 }, calls: 0 };

function usageOf({ promptTokens, completionTokens }: Tokens, times: number, price: Price): Usage {
  const tokens = { promptTokens: promptTokens * times, completionTokens: completionTokens * times };
  return { ...priced(tokens, price), calls: times };
}

function worstOfSampling({ prompt, count, maxTokens }: SampleRequest): Tokens {
  return { promptTokens: mostTokensOf(prompt.messages), completionTokens: count * maxTokens };
}

function worstOfAsking({ messages, schema, maxTokens }: TeacherRequest): Tokens {
  return { promptTokens: mostTokensOf(messages) + JSON.stringify(schema).length, completionTokens: maxTokens };
}

/** Role and separators of a message, and of the whole. */
const TOKENS_AROUND = 16;
/** What a large image costs at most vendors; nobody says before what one will cost. */
const TOKENS_OF_IMAGE = 2_048;

/** No tokenizer makes more tokens of a text than it has bytes. */
function mostTokensOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { content }) => {
    const parts = typeof content === 'string' ? [{ type: 'text', text: content } as const] : content;
    const tokens = parts.map((part) => (part.type === 'text' ? Buffer.byteLength(part.text) : TOKENS_OF_IMAGE));
    return sum + TOKENS_AROUND + tokens.reduce((total, one) => total + one, 0);
  }, TOKENS_AROUND);
}
