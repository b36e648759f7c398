import { InvalidInput } from '../../core/errors.ts';
import type { Executions, ExecutionView } from '../../core/ports.ts';

interface Kept {
  view: ExecutionView;
  /** Oldest first. */
  readonly visits: { readonly state: string; failed: boolean }[];
}

/** Executions in memory. Nothing moves by itself: a test says what they enter, and how they end. */
export class MemoryExecutions implements Executions {
  readonly kept = new Map<string, Kept>();
  /** Task tokens that somebody waits for, and what came. */
  readonly waiting = new Set<string>();
  readonly answers: { readonly taskToken: string; readonly approved: boolean; readonly cause?: string }[] = [];
  readonly redriven: string[] = [];
  /** False: as an emulator, or after 14 days. */
  isRedrivable = true;
  readonly now: () => Date;

  constructor(now: () => Date = () => new Date('2026-11-24T09:00:00Z')) {
    this.now = now;
  }

  async start(name: string, input: Readonly<Record<string, unknown>>) {
    const there = this.kept.get(name)?.view;
    const arn = `arn:aws:states:eu-west-1:123456789012:execution:ratchet-desk:${name}`;
    const isSame = there?.status === 'running' && JSON.stringify(there.input) === JSON.stringify(input);
    if (there) return { arn, isThere: !isSame };
    const startedAt = this.now().toISOString();
    const untold = { stoppedAt: undefined, error: undefined, cause: undefined };
    this.kept.set(name, { view: { name, arn, input, status: 'running', startedAt, ...untold }, visits: [] });
    return { arn, isThere: false };
  }

  async describe(name: string) {
    return this.kept.get(name)?.view;
  }

  async latestState(name: string) {
    return this.kept.get(name)?.visits.at(-1)?.state;
  }

  async failedState(name: string, besides: readonly string[]) {
    return this.kept.get(name)?.visits.findLast(({ state, failed }) => failed && !besides.includes(state))?.state;
  }

  async stop(name: string, cause: string) {
    if (this.kept.get(name)?.view.status === 'running') this.end(name, 'stopped', { error: 'Stopped', cause });
  }

  async redrive(name: string) {
    const found = this.kept.get(name);
    if (found?.view.status === 'running') return true;
    if (!found || !this.isRedrivable || !['failed', 'stopped'].includes(found.view.status)) return false;
    found.view = { ...found.view, status: 'running', stoppedAt: undefined, error: undefined, cause: undefined };
    this.redriven.push(name);
    return true;
  }

  async list({ limit, next }: { readonly limit: number; readonly next: string | undefined }) {
    const start = next === undefined ? 0 : Number(next);
    if (Number.isNaN(start)) throw new InvalidInput('The request', ['next is not what a page before has said']);
    const latestFirst = [...this.kept.values()].map(({ view }) => view).toReversed();
    const end = start + limit;
    return {
      executions: latestFirst.slice(start, end).map(({ name, status, startedAt, stoppedAt }) => ({
        name,
        status,
        startedAt,
        stoppedAt,
      })),
      next: end < latestFirst.length ? String(end) : undefined,
    };
  }

  async answer(taskToken: string, answer: { readonly approved: boolean; readonly cause?: string }) {
    if (!this.waiting.delete(taskToken)) return false;
    this.answers.push({ taskToken, ...answer });
    return true;
  }

  /* What a test says */

  enter(name: string, state: string) {
    this.#of(name).visits.push({ state, failed: false });
  }

  /** The state that was entered last fails; whether that ends the execution is for `end` to say. */
  fail(name: string) {
    const visit = this.#of(name).visits.at(-1);
    if (visit) visit.failed = true;
  }

  /** It fails, is tried again, and succeeds: nothing of that is to be seen afterwards. */
  failAndRecover(name: string) {
    this.#of(name);
  }

  end(name: string, status: 'ended' | 'failed' | 'stopped', told: { error?: string; cause?: string } = {}) {
    const found = this.#of(name);
    const { error, cause } = told;
    found.view = { ...found.view, status, stoppedAt: this.now().toISOString(), error, cause };
  }

  wait(_name: string): string {
    const taskToken = `token-${this.waiting.size + this.answers.length}`;
    this.waiting.add(taskToken);
    return taskToken;
  }

  /** Nobody answered in time. */
  expire(taskToken: string) {
    this.waiting.delete(taskToken);
  }

  #of(name: string): Kept {
    const found = this.kept.get(name);
    if (!found) throw new Error(`Unscripted: nobody started ${name}`);
    return found;
  }
}
