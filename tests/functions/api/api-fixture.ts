import { keys, type Part } from '../../../core/artifact-keys.ts';
import type { PreferencePair } from '../../../core/pairs/preference-pair.ts';
import type { ErrorLog, Links } from '../../../core/ports.ts';
import { type Report, reportSchema } from '../../../core/report.ts';
import { noUsage, type Usage } from '../../../core/usage.ts';
import { defineRoute, type GatewayAnswer, type Route } from '../../../functions/api/define-route.ts';
import type { ViewServices } from '../../../functions/api/run-view.ts';
import type { BeginServices } from '../../../functions/begin-run.ts';
import { MemoryExecutions } from '../../fakes/memory-executions.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { runOf } from '../shard-fixture.ts';

export const caller = 'arn:aws:iam::123456789012:user/ada';

export interface Asked {
  readonly run?: string;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A request as API Gateway sends it to a function. */
export function eventOf({ run, query, body, headers }: Asked) {
  return {
    resource: '/runs',
    path: '/runs',
    httpMethod: 'POST',
    headers: { Accept: '*/*', 'Content-Type': 'application/json', ...headers },
    multiValueHeaders: {},
    pathParameters: run === undefined ? null : { run },
    queryStringParameters: query ?? null,
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { requestId: 'request-1', identity: { userArn: caller, sourceIp: '192.0.2.1' } },
  };
}

/** A loop as it was deployed, in memory, with a clock that a test sets. */
export class DeployedLoop {
  at = new Date('2026-11-24T09:00:00Z');
  readonly store = new MemoryStore();
  readonly executions = new MemoryExecutions(() => this.at);
  readonly logged: string[] = [];
  readonly errorLog: ErrorLog = {
    lastError: async (run) => {
      this.logged.push(run);
      return 'start-training: TrainingFailed: no more room';
    },
  };
  readonly links: Links = {
    linkTo: async (key, type) => ({
      url: `https://bucket.example/${key}?type=${type}`,
      expiresAt: new Date(this.at.getTime() + 900_000),
    }),
  };

  constructor() {
    // The routes log a line each; tests of the log itself make no loop.
    process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
  }

  get services(): BeginServices & ViewServices & { readonly links: Links } {
    const { store, executions, errorLog, links } = this;
    return { store, executions, errorLog, links, loop: 'desk', version: 'abcdef12', loopSeed: 5, now: () => this.at };
  }

  /** What a route answers, through its handler, as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: routes of every kind
  async ask(route: Route<any, any, any, any, any>, asked: Asked = {}) {
    const { statusCode, headers, body }: GatewayAnswer = await defineRoute(route, () => this.services)(eventOf(asked));
    return { status: statusCode, headers, body: JSON.parse(body) };
  }

  later(seconds: number): void {
    this.at = new Date(this.at.getTime() + 1000 * seconds);
  }

  write(key: string, value: unknown): void {
    this.store.objects.set(key, JSON.stringify(value));
  }

  read(key: string) {
    return JSON.parse(this.store.objects.get(key) ?? 'null');
  }

  /** As plan-run leaves a run: 2 shards of 10 prompts to train on, and one of 5 held out. */
  plan(run: string, { rounds = 2, shards = 2 } = {}): void {
    const planned = runOf();
    this.write(keys.run(run), {
      ...planned,
      run,
      loop: { ...planned.loop, rounds },
      startedAt: this.at.toISOString(),
      prompts: { train: shards * 10, heldOut: 5 },
      shards: { train: shards, heldOut: 1 },
      forecast: { ...noUsage, calls: 100, usd: 10 },
    });
  }

  /** As a shard leaves a part. */
  finish(run: string, round: number, part: Part, shard: number, usage: Partial<Usage> = {}): void {
    this.write(keys.summary(run, round, part, shard), { rows: 10, usage: { ...noUsage, ...usage } });
  }

  pairs(run: string, round: number, shard: number, pairs: readonly PreferencePair[]): void {
    this.store.objects.set(
      keys.part(run, round, 'pairs', shard),
      pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''),
    );
    this.write(keys.summary(run, round, 'pairs', shard), { rows: pairs.length, usage: noUsage });
  }

  /** As write-report leaves it, with the ending. */
  report(run: string, ending: Report['ending']['name']): void {
    const side = { model: 'base', checkRate: 0.5 };
    const about = {
      format: 1,
      run,
      loop: 'desk',
      description: '',
      seed: 1,
      student: 'base',
      teacher: 'judge',
      method: 'dpo',
    };
    this.write(
      keys.report(run),
      reportSchema.parse({
        ...about,
        startedAt: this.at.toISOString(),
        finishedAt: this.at.toISOString(),
        ending: { name: ending, says: 'It ended.' },
        incumbent: { before: side, after: side },
        rounds: [],
        usage: { ...noUsage, calls: 42, usd: 4.2 },
        usageByStage: {},
        lineage: [],
      }),
    );
  }
}

export function pairOf(id: string, text = 'Sorry.'): PreferencePair {
  return {
    prompt: { id, messages: [{ role: 'user', content: `${id}?` }] },
    chosen: { id: `${id}/1`, text },
    rejected: { id: `${id}/2`, text: 'No.' },
    margin: 1,
    decidedBy: 'checks',
    critiques: null,
    provenance: { round: 1, student: 'base', teacher: 'judge', judgePromptVersion: '1', seed: 1 },
  };
}
