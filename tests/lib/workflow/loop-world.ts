import { keys } from '../../../core/artifact-keys.ts';
import { type Loop, loopDocumentSchema } from '../../../core/loop.ts';
import type { SampleRequest, Student, TeacherRequest } from '../../../core/ports.ts';
import type { Prompt } from '../../../core/prompt.ts';
import { type Registry, registrySchema } from '../../../core/registry.ts';
import { type Report, reportSchema } from '../../../core/report.ts';
import { type Approval, type ApprovalPoint, type Failure, failureSchema } from '../../../core/run.ts';
import { defineStep, type StepHandler } from '../../../functions/define-step.ts';
import { noMetrics } from '../../../functions/metrics.ts';
import type { Services } from '../../../functions/services.ts';
import { steps } from '../../../functions/steps.ts';
import { renderWorkflow } from '../../../lib/render-workflow.ts';
import { runWorkflow, tasksIn, type WorkflowEnd } from '../../../sandbox/run-workflow.ts';
import { numberJudge } from '../../core/judging/judging-fixture.ts';
import type { MemoryStore } from '../../fakes/memory-store.ts';
import { MortalStore } from '../../fakes/mortal-store.ts';
import { ScriptedServing, type ServingScript } from '../../fakes/scripted-serving.ts';
import { type SampleTurn, ScriptedStudent } from '../../fakes/scripted-student.ts';
import { type AskTurn, ScriptedTeacher } from '../../fakes/scripted-teacher.ts';
import { type JobScript, ScriptedTrainer } from '../../fakes/scripted-trainer.ts';

// The steps log for CloudWatch; here nobody reads it.
process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';

export const base = 'base';
/** What the training of each round makes, when the incumbent was promoted in each round before. */
export const trained = (rounds: number): string =>
  [base, ...Array.from({ length: rounds }, (_, index) => `desk-r${index + 1}`)].join(':');
/** Stands in every prompt and response, and may stand in no state document. */
export const marker = 'MARKER';

export interface WorldScript {
  readonly loop?: Partial<Loop>;
  /** How much better than the base a model answers; the judge prefers the better answer. */
  readonly worth?: (model: string) => number;
  /** Instead of the answer to a request, where it gives something; `call` counts from 0, over all students. */
  readonly student?: (request: SampleRequest, model: string, call: number) => SampleTurn;
  readonly teacher?: (request: TeacherRequest, call: number) => AskTurn;
  /** The students' endpoint takes one call for each response that is asked for. */
  readonly oneResponseACall?: boolean;
  readonly jobs?: readonly JobScript[];
  readonly serving?: readonly ServingScript[];
}

export type Handlers = Map<string, StepHandler>;

/** Everything around one run of one loop, all of it in memory. Training makes a model better by 10, unless `worth` says else. */
export class LoopWorld {
  readonly store = new MortalStore();
  readonly serving: ScriptedServing;
  readonly trainer: ScriptedTrainer;
  readonly teacher: ScriptedTeacher;
  /** Calls that were answered, named by all that makes a call what it is: one that stands twice was paid for twice. */
  readonly answered: string[] = [];
  /** States in the order in which they were entered, of all executions. */
  readonly states: string[] = [];
  /** State documents of all executions, with every step's event and answer, as JSON. */
  readonly documents: string[] = [];
  stop = new AbortController();
  readonly #students = new Map<string, ScriptedStudent>();
  readonly #script: WorldScript;
  #sampled = 0;

  constructor(script: WorldScript = {}) {
    this.#script = script;
    this.serving = new ScriptedServing(...(script.serving ?? []));
    this.trainer = new ScriptedTrainer(...(script.jobs ?? Array.from({ length: 8 }, () => learnsAtOnce)));
    this.teacher = new ScriptedTeacher((request, call) => this.#judge(request, call), { model: 'judge' });
    stage(this.store, script.loop ?? {});
  }

  services(): Services {
    return {
      store: this.store,
      now: () => new Date('2026-11-24T09:00:00Z'),
      progress: { progress: () => undefined },
      stop: this.stop.signal,
      student: (_, model) => (this.#script.oneResponseACall ? talkative(this.student(model)) : this.student(model)),
      teacher: () => this.teacher,
      trainer: () => this.trainer,
      serving: () => this.serving,
      announcer: { tell: async () => undefined },
      metrics: noMetrics,
      // A store that is gone here is gone for good.
      recordPatience: { waitsMs: [], wait: async () => undefined },
    };
  }

  student(model: string): Student {
    const known = this.#students.get(model);
    if (known) return known;
    const student = new ScriptedStudent((request) => this.#respond(request, model), { model });
    this.#students.set(model, student);
    return student;
  }

  /** The real steps; a test plants its defects among them. */
  handlers(): Handlers {
    return new Map([...steps].map(([name, step]) => [name, defineStep(step, () => this.services())]));
  }

  /** Executes the run, or goes on with it. Nothing waits: neither retries nor Wait states. */
  run(handlers: Handlers = this.handlers()): Promise<WorkflowEnd> {
    return runWorkflow(
      { run: 'run-1', loop: 'desk', version: 'v1', seed: 1 },
      {
        services: this.services(),
        handlers: new Map([...handlers].map(([name, handler]) => [name, this.#overheard(handler)])),
        onState: (state, document) => {
          this.states.push(state);
          this.documents.push(JSON.stringify(document));
        },
        retryIntervals: withoutWaiting,
        waits: withoutWaiting,
      },
    );
  }

  artifact(key: string): unknown {
    return JSON.parse(this.store.objects.get(key) ?? 'null');
  }

  report(): Report {
    return reportSchema.parse(this.artifact(keys.report('run-1')));
  }

  failure(): Failure {
    return failureSchema.parse(this.artifact(keys.failure('run-1')));
  }

  registry(): Registry {
    return registrySchema.parse(this.artifact(keys.registry('desk')));
  }

  /** Changes the frozen loop, as the command line does to raise a budget. */
  amend(change: Partial<Loop>): void {
    const run = this.artifact(keys.run('run-1')) as { loop: Loop };
    this.store.objects.set(keys.run('run-1'), JSON.stringify({ ...run, loop: { ...run.loop, ...change } }));
  }

  /** Calls that were answered, and paid for, more than once. */
  paidTwice(): string[] {
    return this.answered.filter((call, index) => this.answered.indexOf(call) !== index);
  }

  /** The models that responded to a prompt, in order. */
  sampledFrom(prompt: string): string[] {
    return this.answered.map((call) => call.split(' ')).flatMap(([, model = '', id]) => (id === prompt ? [model] : []));
  }

  answerApproval(round: number, approved: boolean, before: ApprovalPoint = 'training'): void {
    const approval: Approval = { approved, by: 'Ada', at: 'now', note: 'as a test wants it' };
    this.store.objects.set(keys.approval('run-1', round, before), JSON.stringify(approval));
  }

  #respond(request: SampleRequest, model: string): SampleTurn {
    const scripted = this.#script.student?.(request, model, this.#sampled++);
    if (scripted) return scripted;
    this.answered.push(`student ${model} ${request.prompt.id} ${request.seed}`);
    const worth = (this.#script.worth ?? (() => 10 * (model.split(':').length - 1)))(model);
    return Array.from(
      { length: request.count },
      (_, index) => `${marker} of ${model} to ${request.prompt.id}, answer ${index}, worth ${worth + index}`,
    );
  }

  #judge(request: TeacherRequest, call: number): AskTurn {
    const scripted = this.#script.teacher?.(request, call);
    if (scripted) return scripted;
    this.answered.push(`teacher ${JSON.stringify(request)}`);
    return numberJudge(request);
  }

  #overheard(handler: StepHandler): StepHandler {
    return async (event, context) => {
      const answer = await handler(event, context);
      this.documents.push(JSON.stringify([event, answer]));
      return answer;
    };
  }
}

function talkative(student: Student): Student {
  return {
    model: student.model,
    sample: async (request) => ({ ...(await student.sample(request)), calls: request.count }),
  };
}

const learnsAtOnce: JobScript = { phases: ['succeeded'] };

/** 12 prompts to learn from and 12 held out, two shards each; so few prompts prove enough at this alpha. */
export function stage(store: MemoryStore, change: Partial<Loop>): void {
  const endpoint = 'http://127.0.0.1:1/v1';
  const price = { prompt: 1, completion: 10 };
  const defaults = loopDocumentSchema.parse({
    name: 'desk',
    student: { endpoint, model: base, price, callsAtOnce: 1 },
    teacher: { endpoint, model: 'judge', price, callsAtOnce: 1 },
    trainer: { endpoint, pollSeconds: 1, usdPerJob: 0.5 },
    sampling: { responses: 2, maxTokens: 64 },
    judging: { canaryShare: 0 },
    pairs: { minimum: 10, validationShare: 0 },
    evaluation: { alpha: 0.5, minimumPrompts: 10 },
    shards: { prompts: 6, atOnce: 2 },
    rubric: { purpose: 'A desk.', rules: ['Be worth more.'] },
    heldOutShare: null,
  });
  store.objects.set(keys.stagedLoop('desk', 'v1'), JSON.stringify({ ...defaults, ...change }));
  store.objects.set(keys.stagedPrompts('desk', 'v1', 'train'), linesOf('train', 12));
  store.objects.set(keys.stagedPrompts('desk', 'v1', 'held-out'), linesOf('held', 12));
}

function linesOf(name: string, count: number): string {
  const prompts = Array.from({ length: count }, (_, index): Prompt => {
    const content = `${marker}: what of ${name} ${index}?`;
    return { id: `${name}-${index}`, messages: [{ role: 'user', content }] };
  });
  return prompts.map((prompt) => `${JSON.stringify(prompt)}\n`).join('');
}

const withoutWaiting = Object.fromEntries(
  [...tasksIn(renderWorkflow()).map(([state]) => state), 'Wait for training', 'Wait for serving'].map((state) => [
    state,
    0,
  ]),
);
