import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { reportSchema } from '../../core/report.ts';
import { gather } from '../../functions/artifacts.ts';
import { eachAtOnce } from '../../functions/work-shard.ts';
import { directoryStore } from '../../providers/directory/store.ts';
import { type Event, eventsOf, type Outcome, ratchet } from './command-line.ts';
import { smallLoop } from './small-loop.ts';

/** Where a life of a run ends: the first event that fits is answered with the signal. */
interface Stop {
  readonly signal: 'SIGKILL' | 'SIGINT';
  readonly at: (event: Event) => boolean;
}

const during = (step: string) => (event: Event) => event['step'] === step && (event['done'] as number) >= 2;
const entering = (state: string) => (event: Event) => event['state'] === state;
const kill = (at: Stop['at']): Stop => ({ signal: 'SIGKILL', at });
const interrupt = (at: Stop['at']): Stop => ({ signal: 'SIGINT', at });

/** A story a run: every moment once, each run killed or interrupted twice. */
const stories: Readonly<Record<string, readonly Stop[]>> = {
  'killed while it samples, and while it trains': [
    kill(during('sample-responses')),
    kill(({ step }) => step === 'training'),
  ],
  'killed while it judges, and as it promotes': [kill(during('judge-responses')), kill(entering('Promote candidate'))],
  'killed as it assembles the dataset, and while it evaluates': [
    kill(entering('Assemble dataset')),
    kill(during('evaluate-candidate')),
  ],
  'interrupted while it judges, and while it evaluates': [
    interrupt(during('judge-responses')),
    interrupt(during('evaluate-candidate')),
  ],
};

interface Told {
  readonly directory: string;
  /** Each life of the run; the last one reached the end. */
  readonly lives: readonly Outcome[];
}

const told = new Map<string, Told>();
const undisturbed = (): Told => told.get('undisturbed')!;

beforeAll(async () => {
  await eachAtOnce([['undisturbed', []] as const, ...Object.entries(stories)], 2, async ([name, stops]) => {
    told.set(name, await tell(stops));
  });
}, 240_000);

afterAll(async () => {
  for (const { directory } of told.values()) await rm(directory, { recursive: true, force: true });
});

test('an undisturbed run finishes and promotes its candidate', () => {
  const [life] = undisturbed().lives;

  expect(life).toMatchObject({ code: 0, stderr: '' });
  expect(eventsOf(life!)).toContainEqual(expect.objectContaining({ event: 'decision', round: 1, promote: true }));
});

describe.each(Object.keys(stories))('a run that was %s', (name) => {
  const story = (): Told => told.get(name)!;

  test('ended where it was told to, and finishes when it is resumed', () => {
    const signals = stories[name]!.map(({ signal }) => signal);
    const ends = story().lives.map(({ code, signal }) => signal ?? code);

    expect(ends).toEqual([...signals.map((signal) => (signal === 'SIGKILL' ? signal : 130)), 0]);
    expect(eventsOf(story().lives.at(-1)!).at(-1)).toMatchObject({ event: 'end', ending: 'finished' });
  });

  test('has the bytes of an undisturbed run in every pair, dataset, evaluation and decision', async () => {
    const [resumed, whole] = await Promise.all([story(), undisturbed()].map(({ directory }) => artifacts(directory)));

    expect([...resumed!.keys()]).toEqual([...whole!.keys()]);
    for (const [key, body] of whole!) expect([key, resumed!.get(key)]).toEqual([key, body]);
  });

  test('reports the figures of an undisturbed run', async () => {
    expect(await figures(story().directory)).toEqual(await figures(undisturbed().directory));
  });

  test('promoted once, created one training job, and left no record of its calls behind', async () => {
    const { directory } = story();
    const registry = JSON.parse((await directoryStore(directory).read('loops/small/registry.json'))!.body);

    expect(registry.history.map(({ how }: { how: string }) => how)).toEqual(['base', 'promotion']);
    expect(await filesIn(join(directory, '.ratchet/sandbox/jobs'))).toHaveLength(1);
    expect((await keysOf(directory)).filter((key) => key.includes('.calls/'))).toEqual([]);
  });
});

async function tell(stops: readonly Stop[]): Promise<Told> {
  const { directory, file } = await smallLoop();
  const lives: Outcome[] = [];
  for (const stop of [...stops, undefined]) {
    const words = lives.length === 0 ? ['run', file] : ['resume'];
    lives.push(await live([...words, '--store', directory, '--json'], stop));
  }
  return { directory, lives };
}

function live(words: readonly string[], stop: Stop | undefined): Promise<Outcome> {
  let isStruck = false;
  return ratchet(words, (line, child) => {
    if (isStruck || !stop?.at(JSON.parse(line))) return;
    isStruck = true;
    child.kill(stop.signal);
  });
}

/** What must not depend on how often a run was stopped: the artifacts of its round that hold no time and no job's state. */
async function artifacts(directory: string): Promise<Map<string, string>> {
  const store = directoryStore(directory);
  const bodies = new Map<string, string>();
  for (const key of await keysOf(directory)) {
    if (/\/round-1\//.test(key)) bodies.set(key, withoutTime((await store.read(key))!.body));
  }
  return bodies;
}

/** When a job was created, and when the round was over, is no choice of the run. */
function withoutTime(body: string): string {
  return body.replace(/"(createdAt|at)": "[^"]*"/, '"$1": "…"');
}

async function figures(directory: string) {
  const { body } = (await directoryStore(directory).read('runs/small-1/report.json'))!;
  const { startedAt: _, finishedAt: __, lineage, ...rest } = reportSchema.parse(JSON.parse(body));
  return { ...rest, lineage: lineage.map(({ at: ___, ...entry }) => entry) };
}

async function keysOf(directory: string): Promise<string[]> {
  return gather(directoryStore(directory).list('runs/'));
}

async function filesIn(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => !name.startsWith('.'));
}
