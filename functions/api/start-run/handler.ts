import { createHash } from 'node:crypto';
import { runViewSchema, type StartRun, startRunSchema } from '../../../core/api.ts';
import { type BeginServices, beginRun } from '../../begin-run.ts';
import { nothing, type Route } from '../define-route.ts';
import { RequestRefused } from '../problem.ts';
import { runInputSchema } from '../run-input.ts';
import { viewOf } from '../run-view.ts';

/** POST /runs: 202 for a new run, 200 for one that is there already. */
export const startRun: Route<
  typeof nothing,
  typeof nothing,
  typeof startRunSchema,
  typeof runViewSchema,
  BeginServices
> = {
  name: 'start-run',
  path: nothing,
  query: nothing,
  body: startRunSchema,
  answer: runViewSchema,
  async run({ body, idempotencyKey }, services) {
    const run = body.runId ?? nameOf(services, idempotencyKey);
    const { execution, isNew } = await beginRun(services, { run, version: body.version, seed: body.seed });
    insistOnSame(run, body, execution.input);
    return {
      status: isNew ? 202 : 200,
      headers: { location: `runs/${run}` },
      body: await viewOf(services, run, execution),
    };
  },
};

/** By the sender's key, whatever it looks like; or by the time, to the second. */
function nameOf({ loop, now }: BeginServices, idempotencyKey: string | undefined): string {
  if (idempotencyKey !== undefined) {
    return `${loop}-${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 24)}`;
  }
  return `${loop}-${now().toISOString().replaceAll(/\D/g, '').slice(0, 14)}`;
}

/** A run is frozen: asked for again with other settings, it must not seem to have them. */
function insistOnSame(run: string, { version, seed }: StartRun, input: unknown): void {
  const begun = runInputSchema.parse(input);
  const others = [
    ...(version === undefined || version === begun.version ? [] : [{ path: 'version', begun: begun.version }]),
    ...(seed === undefined || seed === begun.seed ? [] : [{ path: 'seed', begun: begun.seed }]),
  ];
  if (others.length === 0) return;
  throw new RequestRefused(
    409,
    `The run ${run} was begun with other settings. Start a new one under another name.`,
    others.map(({ path, begun }) => ({ path, message: `it was begun with ${begun}` })),
  );
}
