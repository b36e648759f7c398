import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as z from 'zod';
import { ProviderOverloaded, ProviderRejectedRequest } from '../../core/errors.ts';
import { type Announcement, type Measured, type MetricName, metricUnits } from '../../core/ports.ts';
import { defineStep } from '../../functions/define-step.ts';
import { embeddedMetrics, tellEnding, tellEvaluation, tellRound } from '../../functions/metrics.ts';
import { sampleResponses } from '../../functions/sample-responses/handler.ts';
import { writeReport } from '../../functions/write-report/handler.ts';
import { endpointPool } from '../../providers/call-engine/endpoint-pool.ts';
import { pooledCalls } from '../../providers/call-engine/model-calls.ts';
import { rateLimit } from '../../providers/call-engine/rate-limit.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { VirtualClock } from '../providers/call-engine/virtual-clock.ts';
import { Endpoint, plan } from './paid-shards.ts';
import { runOf, servicesOf } from './shard-fixture.ts';

const now = () => new Date('2026-11-24T09:00:00Z');
let told: Measured[];
beforeEach(() => {
  told = [];
});
const metrics = { record: (measured: Measured) => told.push(measured) };
const namesOf = ({ values }: Measured) => Object.keys(values);

describe('a metric in the log', () => {
  const lineOf = (measured: Measured): Record<string, unknown> => {
    const lines: string[] = [];
    embeddedMetrics(
      (line) => lines.push(line),
      () => 1_764_000_000_000,
    ).record(measured);
    expect(lines).toEqual([expect.stringMatching(/^[^\n]+\n$/)]);
    return JSON.parse(lines[0]!);
  };
  const measured: Measured = {
    loop: 'desk',
    place: { run: 'desk-1', round: 2 },
    values: { WinRate: 61.5, RunAge: 42 },
  };

  test('is one line of the embedded metric format, with its value and its unit', () => {
    expect(lineOf(measured)).toEqual({
      _aws: {
        Timestamp: 1_764_000_000_000,
        CloudWatchMetrics: [
          {
            Namespace: 'Ratchet',
            Dimensions: [['loop']],
            Metrics: [
              { Name: 'WinRate', Unit: 'Percent' },
              { Name: 'RunAge', Unit: 'Seconds' },
            ],
          },
        ],
      },
      loop: 'desk',
      run: 'desk-1',
      round: 2,
      WinRate: 61.5,
      RunAge: 42,
    });
  });

  test.each([[{ step: 'sample-responses' }], [{ reason: 'unreadable' }], [{ ending: 'finished' }]])(
    'of %j counts for the loop as a whole too',
    (of) => {
      const line = lineOf({ ...measured, of });

      expect(line).toMatchObject(of);
      expect(line).toHaveProperty('_aws.CloudWatchMetrics.0.Dimensions', [['loop'], ['loop', Object.keys(of)[0]]]);
    },
  );

  test('has a run, a round and a shard beside it, which are no dimensions: there would be too many', () => {
    const line = lineOf({ ...measured, place: { run: 'desk-1', round: 2, shard: 7 }, of: { step: 'build-pairs' } });

    expect(line).toMatchObject({ run: 'desk-1', round: 2, shard: 7 });
    expect(JSON.stringify(line['_aws'])).not.toMatch(/run|round|shard/);
  });

  test('has one of the units that CloudWatch knows', () => {
    expect(Object.values(metricUnits)).toEqual(
      Object.values(metricUnits).map(() => expect.stringMatching(/^(Percent|Count|Seconds|None)$/)),
    );
  });
});

describe('a shard', () => {
  const shard = { run: 'run-1', round: 1, shard: 0 };
  let store: MemoryStore;
  beforeEach(async () => {
    store = new MemoryStore();
    await plan(store, 'run-1');
  });
  const of = { step: 'sample-responses' };

  test('tells what it has cost, once, however often it runs', async () => {
    const services = new Endpoint().services(store, { metrics });
    await sampleResponses.run(shard, services);
    await sampleResponses.run(shard, services);

    const costs = told.filter((measured) => namesOf(measured).includes('SpentUsd'));
    expect(costs).toEqual([
      {
        loop: 'desk',
        place: shard,
        of,
        values: {
          Calls: 4,
          PromptTokens: expect.any(Number),
          CompletionTokens: expect.any(Number),
          SpentUsd: expect.any(Number),
        },
      },
    ]);
    expect(costs[0]?.values.SpentUsd).toBeGreaterThan(0);
  });

  test('that fails tells all the same how long it took, and how often the endpoint said that it was too many', async () => {
    let refusals = 5;
    const endpoint = new Endpoint(() => {
      refusals += 3;
      return new Error('broken');
    });
    const services = endpoint.services(store, { metrics, throttled: () => refusals });

    await expect(sampleResponses.run(shard, services)).rejects.toThrow('broken');

    const life = told.find((measured) => namesOf(measured).includes('Throttled'));
    expect(life).toMatchObject({ place: shard, of, values: { ShardDuration: 0 } });
    expect(life?.values.Throttled).toBe(refusals - 5);
    expect(told.flatMap(namesOf)).not.toContain('SpentUsd');
  });
});

describe('a round', () => {
  const run = { ...runOf(), startedAt: '2026-11-24T08:00:00Z' };
  const evaluation = { winRate: 0.615 } as Parameters<typeof tellEvaluation>[2]['evaluation'];
  const heldOut = (checkRate: number | null) => ({ checkRate }) as never;

  test('tells rates in percent', () => {
    const rates = { evaluation, heldOut: { candidate: heldOut(0.79), incumbent: heldOut(0.25) } };
    tellEvaluation({ metrics, now }, { run, round: 1 }, rates);

    expect(told.map(({ values }) => values)).toEqual([{ WinRate: 61.5, CheckRate: 79, IncumbentCheckRate: 25 }]);
  });

  test('tells no rate that was not measured: 0 would be the worst one', () => {
    const rates = { evaluation, heldOut: { candidate: heldOut(null), incumbent: heldOut(null) } };
    tellEvaluation({ metrics, now }, { run, round: 1 }, rates);

    expect(told.flatMap(namesOf)).toEqual(['WinRate']);
  });

  test('tells that nothing was promoted too, so that rounds can be counted', () => {
    tellRound({ metrics, now }, { run, round: 1 }, { promoted: false, began: new Date(run.startedAt) });

    expect(told[0]?.values).toEqual({ Promotions: 0, RoundDuration: 3600 });
  });

  test('of which nobody has written down when it began tells no time', () => {
    tellRound({ metrics, now }, { run, round: 2 }, { promoted: true, began: undefined });

    expect(told[0]?.values).toEqual({ Promotions: 1 });
  });
});

describe('an endpoint', () => {
  const clock = new VirtualClock();
  const refusing = async (error: Error) => {
    let refusals = 0;
    const onCongested = () => refusals++;
    const calls = pooledCalls({ pool: endpointPool(1, clock), rate: rateLimit({}), clock, tries: 3, onCongested });
    await clock.passUntil(calls.make(1, async () => Promise.reject(error))).catch(() => undefined);
    return refusals;
  };

  test.each([[408], [429], [503], [529]])('that answers %i is counted each time', async (status) => {
    expect(await refusing(new ProviderOverloaded('too many', { status }))).toBe(3);
  });

  test.each([
    ['500', new ProviderOverloaded('broken', { status: 500 })],
    ['400', new ProviderRejectedRequest('no', { status: 400 })],
  ])('that answers %s is not: it does not say that it is too many', async (_, error) => {
    expect(await refusing(error)).toBe(0);
  });
});

describe('a line of the log', () => {
  const input = z.strictObject({ run: z.string(), round: z.int(), shard: z.int() });
  const place = { run: 'desk-1', round: 2, shard: 3 };
  const inLambda = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 1000 };
  let lines: Record<string, unknown>[];
  beforeEach(() => {
    lines = [];
    const hear = (line: unknown) => {
      lines.push(JSON.parse(String(line)));
      return true;
    };
    jest.spyOn(process.stdout, 'write').mockImplementation(hear);
    jest.spyOn(process.stderr, 'write').mockImplementation(hear);
    process.env['_X_AMZN_TRACE_ID'] = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=5b;Sampled=1';
  });
  afterEach(() => {
    jest.restoreAllMocks();
    delete process.env['_X_AMZN_TRACE_ID'];
  });
  const work = (run: () => Promise<null>) => {
    const step = { name: 'judge-responses', input, output: z.null(), run };
    const handler = defineStep(step, () => servicesOf(new MemoryStore(), { loop: 'desk' }));
    return handler(place, inLambda).catch(() => undefined);
  };
  const about = {
    ...place,
    loop: 'desk',
    step: 'judge-responses',
    function_request_id: 'request-1',
    xray_trace_id: '1-5759e988-bd862e3fe1be46a994272793',
  };

  test('says which loop, run, round, shard and step it is about, and which invocation', async () => {
    await work(async () => null);

    expect(lines).toEqual([expect.objectContaining({ ...about, level: 'INFO', message: 'done' })]);
  });

  test('about a failure says its name, its message, its stack and its cause', async () => {
    const cause = new TypeError('socket closed');
    await work(async () => Promise.reject(new ProviderOverloaded('busy', { cause })));

    const error = expect.objectContaining({
      name: 'ProviderOverloaded',
      message: 'busy',
      stack: expect.stringContaining('metrics.test.ts'),
      cause: expect.objectContaining({ name: 'TypeError', message: 'socket closed' }),
    });
    expect(lines).toEqual([expect.objectContaining({ ...about, level: 'ERROR', error })]);
  });
});

describe('the end of a run', () => {
  let store: MemoryStore;
  beforeEach(async () => {
    store = new MemoryStore();
    await plan(store, 'run-1');
  });
  const ending = { run: 'run-1', ending: 'nothing-to-learn' } as const;

  test('is announced when its report can be read, and counted then', async () => {
    const announced: unknown[] = [];
    const tell = async (announcement: Announcement) => {
      announced.push([announcement, store.objects.has('runs/run-1/report.html'), told.length]);
    };
    await writeReport.run(ending, servicesOf(store, { metrics, announcer: { tell } }));

    const standing = { model: 'base', checkRate: null };
    const announcement = {
      type: 'run-ended',
      loop: 'desk',
      run: 'run-1',
      ending: 'nothing-to-learn',
      says: expect.stringContaining('pairs.minimum'),
      incumbent: { before: standing, after: standing },
      usd: 0,
      report: 'runs/run-1/report.html',
    };
    expect(announced).toEqual([[announcement, true, 0]]);
    expect(told.flatMap(namesOf)).toEqual(['RunsEnded']);
  });

  test('that could not be announced is an error, so that it is told again', async () => {
    const tell = async () => Promise.reject(new ProviderOverloaded('EventBridge is away'));

    await expect(writeReport.run(ending, servicesOf(store, { metrics, announcer: { tell } }))).rejects.toThrow(
      'EventBridge is away',
    );
    expect(told).toEqual([]);
  });
});

test('an ending is counted by its name', () => {
  tellEnding({ metrics, now }, runOf(), 'nothing-to-learn');

  expect(told).toEqual([
    { loop: 'desk', place: { run: 'run-1' }, of: { ending: 'nothing-to-learn' }, values: { RunsEnded: 1 } },
  ]);
});

test('every metric has a name that CloudWatch takes, in the style of its own', () => {
  for (const name of Object.keys(metricUnits) as MetricName[]) expect(name).toMatch(/^([A-Z][a-z]+)+$/);
});
