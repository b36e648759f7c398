import { isDeepStrictEqual } from 'node:util';
import type { RunView, StepProgress } from '../../core/api.ts';
import { keys } from '../../core/artifact-keys.ts';
import { evaluationSummarySchema } from '../../core/evaluation/summarize-evaluation.ts';
import type { ProgressEvent } from '../../core/ports.ts';
import { findArtifact } from '../../functions/artifacts.ts';
import type { Globals } from '../globals.ts';
import type { ProgressDisplay } from '../progress/display.ts';
import { tellDecidedBefore, tellDecision } from '../tell-run.ts';
import { approvalLines } from '../tell-view.ts';

/** Shows a deployed run, look by look, as if it were executed here. */
export interface RunShow {
  take(view: RunView): Promise<void>;
}

/** The time as a display is told it: that of an earlier look while its `at` is set. */
export interface LookClock {
  at: number | undefined;
  now(): number;
}

export function lookClock(): LookClock {
  return {
    at: undefined,
    now() {
      return this.at ?? Date.now();
    },
  };
}

export function showRun(run: string, display: ProgressDisplay, globals: Globals, clock: LookClock): RunShow {
  const shown = new Map<string, ProgressEvent>();
  let decided: number | undefined;
  let stage: string | null = null;
  let question: RunView['approval'] = null;
  let lastLook = 0;
  return {
    async take(view) {
      if (decided === undefined) decided = await begin(view);
      else await goOn(view, decided);
      if (view.stage !== null && view.stage !== stage) display.state(view.stage);
      stage = view.stage;
      tellQuestion(view);
      lastLook = Date.now();
    },
  };

  /** What was done before this process looked is said to be so. */
  async function begin({ decided: before, progress }: RunView): Promise<number> {
    for (const { round } of before) await tellDecidedBefore(run, round, globals, display);
    const last = before.at(-1)?.round ?? 0;
    for (const step of progress) if (step.round > last) show(eventOf(step));
    return last;
  }

  /** The steps of a round, its decision, and then the steps of the next one. */
  async function goOn({ progress, decided: all }: RunView, before: number): Promise<void> {
    const events = progress.map(eventOf);
    for (const { round } of all.filter((each) => each.round > before)) {
      for (const event of events) if (event.round === round) follow(event);
      await finish(round);
      await tellDecision(run, round, globals, display);
      decided = round;
    }
    const last = all.at(-1)?.round ?? 0;
    for (const event of events) if (event.round > last) follow(event);
  }

  /** A step that was not there at the last look has begun at about that time. */
  function follow(event: ProgressEvent): void {
    if (!shown.has(keyOf(event))) {
      clock.at = lastLook;
      show({ ...event, done: 0, usd: 0 });
      clock.at = undefined;
    }
    show(event);
  }

  /** The API tells of the present round alone: where the next one began since the last look, the rest of this one is done. */
  async function finish(round: number): Promise<void> {
    const compared = await findArtifact(globals.store, keys.evaluation(run, round), evaluationSummarySchema);
    if (compared) {
      const step = { step: 'evaluate-candidate', round, shard: 0 };
      const of = shown.get(keyOf(step))?.of ?? compared.evaluation.prompts;
      follow({ ...step, done: of, of, usd: compared.usage.usd });
    }
    const left = [...shown.values()].filter((event) => event.round === round && event.done < event.of);
    for (const event of left) show({ ...event, done: event.of });
  }

  function show(event: ProgressEvent): void {
    if (isDeepStrictEqual(shown.get(keyOf(event)), event)) return;
    shown.set(keyOf(event), event);
    display.progress(event);
  }

  function tellQuestion(view: RunView): void {
    const isNew = view.approval !== null && !isDeepStrictEqual(view.approval, question);
    question = view.approval;
    if (!isNew) return;
    if (globals.json) console.log(JSON.stringify({ event: 'approval', run, ...view.approval }));
    else display.say(['', ...approvalLines(view, globals)].join('\n'));
  }
}

/** The API adds up the shards of a step. */
function eventOf({ step, round, done, of, usd }: StepProgress): ProgressEvent {
  return { step, round, shard: 0, done, of, usd };
}

function keyOf({ round, step }: Pick<ProgressEvent, 'round' | 'step'>): string {
  return `${round}/${step}`;
}
