import { ProviderAnswerUnreadable, ProviderOverloaded, ProviderRejectedRequest } from '../core/errors.ts';
import type { Sampled, SampleRequest, Student, Teacher, TeacherAnswer, TeacherRequest } from '../core/ports.ts';

/**
 * A model whose failures on one prompt cost that prompt, counted with the reason, and not the run: a request that the endpoint
 * refuses for what is in it (too long, say), answers with what can't be read, or fails on while it answers others. Where
 * prompt after prompt fails and none is answered, it is not the prompts, and the error goes through.
 */
export interface Tolerant<Request, Answer> {
  readonly model: string;
  /** Throws what does not concern this prompt alone. */
  attempt(request: Request): Promise<Answer | Loss>;
  /** The answer; what stands in its place where it is lost. */
  answerOf(request: Request, outcome: Answer | Loss): Answer;
  /** What the record tells of earlier attempts: a model that has answered once is the right one. */
  recall(outcome: Answer | Loss): void;
}

/** An answer that did not come, as the record keeps it. */
export interface Loss {
  readonly lost: 'refused' | 'unreadable' | 'failing';
  /** Answers that may have to be paid all the same. */
  readonly calls: number;
}

/** So many prompts that fail before any was answered mean that the loop file is wrong, not the prompts. */
const PROMPTS_AT_FIRST = 3;
/** Later, so many one after the other mean that the endpoint has changed: an account is suspended, say. */
const PROMPTS_IN_A_ROW = 25;
/** An endpoint that answers so many others, while it fails on one time and again, is there: it fails on that one. */
const OTHERS_ANSWERED = 10;
/** One that asks for more was not tried time and again: the call engine leaves it to the step's own retries at once. */
const LONGEST_ASKED_SECONDS = 60;

const unreadable = 'the answer could not be read';
const failing = 'the endpoint failed on it time and again';
const noTokens = { promptTokens: 0, completionTokens: 0 };

export function tolerantStudent(student: Student): Tolerant<SampleRequest, Sampled> {
  return tolerant(student, {
    call: (request) => student.sample(request),
    subject: ({ prompt }) => prompt.id,
    instead({ count }, { lost, calls }) {
      const about = { tokens: noTokens, calls };
      if (lost !== 'refused') return { ...about, texts: [], missing: lost === 'failing' ? failing : unreadable };
      return { ...about, texts: Array.from({ length: count }, () => ({ text: '', finish: 'rejected' })) };
    },
  });
}

export function tolerantTeacher(teacher: Teacher): Tolerant<TeacherRequest, TeacherAnswer> {
  return tolerant(teacher, {
    call: (request) => teacher.ask(request),
    subject: requestShownIn,
    instead(_, { lost, calls }) {
      const about = { tokens: noTokens, calls };
      if (lost === 'refused') return { ...about, text: undefined, finish: 'rejected' };
      // No verdict can be read from it, and it says so itself: the abstention `unreadable`.
      return { ...about, text: lost === 'failing' ? failing : unreadable, finish: 'stop' };
    },
  });
}

/** A question names no prompt. But all questions about one show the same request, in a fence whose nonce alone differs. */
function requestShownIn({ messages }: TeacherRequest): string {
  const shown = messages.map(({ content }) => (typeof content === 'string' ? content : '')).join('\n');
  return /<<<request (\w+)>>>\n([\s\S]*?)\n<<<end request \1>>>/.exec(shown)?.[2] ?? shown;
}

interface Role<Request, Answer> {
  readonly call: (request: Request) => Promise<Answer>;
  /** Which prompt it is about. */
  readonly subject: (request: Request) => string;
  readonly instead: (request: Request, loss: Loss) => Answer;
}

function tolerant<Request, Answer extends object>(
  model: Student | Teacher,
  { call, subject, instead }: Role<Request, Answer>,
): Tolerant<Request, Answer> {
  const seen = seenOf(model);
  return {
    model: model.model,
    attempt: (request) => attempt(seen, subject(request), () => call(request)),
    answerOf: (request, outcome) => (isLoss(outcome) ? instead(request, outcome) : outcome),
    recall(outcome) {
      if (!isLoss(outcome)) seen.hasAnswered = true;
    },
  };
}

/** What is known of one model at one endpoint, by all shards that this process works on. */
interface Seen {
  /** Now, or by the record. */
  hasAnswered: boolean;
  /** Since the process began. */
  answers: number;
  /** The one that has just failed included. */
  underWay: number;
  /** Prompts that have failed since the last answer. */
  readonly failed: Set<string>;
  /** How many answers there were when a prompt, overloaded ever since, was first asked: what is left of it is asked last, alone. */
  readonly overloadedSince: Map<string, number>;
}

const seenByModel = new WeakMap<Student | Teacher, Seen>();

function seenOf(model: Student | Teacher): Seen {
  const nothing = {
    hasAnswered: false,
    answers: 0,
    underWay: 0,
    failed: new Set<string>(),
    overloadedSince: new Map(),
  };
  const seen = seenByModel.get(model) ?? nothing;
  seenByModel.set(model, seen);
  return seen;
}

async function attempt<Answer>(seen: Seen, prompt: string, call: () => Promise<Answer>): Promise<Answer | Loss> {
  const before = seen.answers;
  seen.underWay++;
  try {
    const answer = await call();
    noteAnswer(seen, prompt);
    return answer;
  } catch (error) {
    const loss = lossIn(error, () => othersAnswered(seen, prompt, before));
    if (loss === undefined) throw error;
    seen.failed.add(prompt);
    if (!isTheEndpoint(seen)) return loss;
    // Who tries later, in this process, begins to count anew.
    seen.failed.clear();
    throw error;
  } finally {
    seen.underWay--;
  }
}

function noteAnswer(seen: Seen, prompt: string): void {
  seen.hasAnswered = true;
  seen.answers++;
  seen.failed.clear();
  seen.overloadedSince.delete(prompt);
}

/** While this prompt met an overload, first and last. */
function othersAnswered({ answers, overloadedSince }: Seen, prompt: string, before: number): number {
  const since = overloadedSince.get(prompt) ?? before;
  overloadedSince.set(prompt, since);
  return answers - since;
}

/** A refusal comes sooner than an answer: at first, those that are under way may still be answered. */
function isTheEndpoint({ hasAnswered, underWay, failed }: Seen): boolean {
  return failed.size >= PROMPTS_IN_A_ROW || (!hasAnswered && underWay === 1 && failed.size >= PROMPTS_AT_FIRST);
}

/** Undefined where it does not concern one prompt alone. */
function lossIn(error: unknown, othersAnswered: () => number): Loss | undefined {
  if (error instanceof ProviderAnswerUnreadable) return { lost: 'unreadable', calls: error.sent };
  if (error instanceof ProviderRejectedRequest) {
    return isOfOneRequest(error.status) ? { lost: 'refused', calls: 0 } : undefined;
  }
  const wasTried = error instanceof ProviderOverloaded && (error.retryAfterSeconds ?? 0) <= LONGEST_ASKED_SECONDS;
  return wasTried && othersAnswered() >= OTHERS_ANSWERED ? { lost: 'failing', calls: 0 } : undefined;
}

/** What a request is refused with for what is in it, an image in a text model's prompt, say; a wrong model or path is 404. */
function isOfOneRequest(status = 0): boolean {
  return [400, 413, 422].includes(status) || status >= 500;
}

function isLoss(outcome: object): outcome is Loss {
  return 'lost' in outcome;
}
