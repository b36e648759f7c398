import type { RunView, StudentView } from '../../core/api.ts';
import { keys } from '../../core/artifact-keys.ts';
import { InvalidInput, ProviderOverloaded, StoreRefused } from '../../core/errors.ts';
import type { Registry } from '../../core/registry.ts';
import { reportSchema } from '../../core/report.ts';
import { runSchema } from '../../core/run.ts';
import { findArtifact } from '../../functions/artifacts.ts';
import type { Globals } from '../globals.ts';
import type { FoundPairs, FoundReport, Status, Statuses, WantedPairs, World } from '../world.ts';
import { type Deployed, openStack, runNamed } from './open-stack.ts';

/** What a list of runs shows; and how many of them are looked at together: the API has 20 requests a second for all. */
const RUNS_SHOWN = 20;
const AT_ONCE = 4;
const PAIRS_A_PAGE = 100;

/** The runs of a deployed loop, through its API. */
export async function deployedWorld(globals: Globals, stack: string): Promise<World> {
  const deployed = await openStack(globals, stack);
  const { api, loop } = deployed;
  return {
    globals: deployed.globals,
    statuses: (run) => (run === undefined ? statusesOf(deployed) : oneStatus(deployed, run)),
    report: (run) => reportOf(deployed, run),
    pairs: (run, wanted) => pairsOf(deployed, run, wanted),
    async registry(name) {
      insistOnLoop(deployed, stack, name);
      return registryIn(await api.getStudent());
    },
    async rollBack(name, move) {
      insistOnLoop(deployed, stack, name);
      const { incumbent: before } = await api.getStudent();
      const { incumbent } = await api.rollBack(move);
      return { loop, before, incumbent };
    },
  };
}

/** A stack has one loop, so nobody has to name it. */
function insistOnLoop({ loop }: Deployed, stack: string, name: string | undefined): void {
  if (name === undefined || name === loop) return;
  throw new InvalidInput(`The loop ${name}`, [`the loop of the stack ${stack} is ${loop}; leave the name out`]);
}

function registryIn({ loop, incumbent, lineage }: StudentView): Registry {
  return { format: 1, loop, incumbent, history: lineage };
}

async function oneStatus(deployed: Deployed, name: string): Promise<Statuses> {
  const view = await deployed.api.getRun(await runNamed(deployed, name));
  return { statuses: [await statusOf(deployed, view)], notes: [] };
}

async function statusesOf(deployed: Deployed): Promise<Statuses> {
  const { runs, next } = await deployed.api.listRuns({ limit: RUNS_SHOWN });
  const statuses: Status[] = [];
  for (let index = 0; index < runs.length; index += AT_ONCE) {
    const views = await Promise.all(runs.slice(index, index + AT_ONCE).map(({ run }) => deployed.api.getRun(run)));
    statuses.push(...(await Promise.all(views.map((view) => statusOf(deployed, view)))));
  }
  const notes = next === null ? [] : [`These are the latest ${runs.length} runs; earlier ones are shown by name.`];
  return { statuses: statuses.toReversed(), notes };
}

async function statusOf({ globals: { store } }: Deployed, view: RunView): Promise<Status> {
  const { run, loop, startedAt, round, rounds, decided, ending, failure, spent } = view;
  // Its limits are told to raise one of them, and only the plan has them.
  const plan = ending === 'budget-reached' ? await findArtifact(store, keys.run(run), runSchema) : undefined;
  return {
    run,
    loop,
    startedAt,
    round,
    rounds,
    limits: plan?.loop.budget ?? {},
    promotions: ending === 'dataset-ready' ? null : decided.filter(({ promoted }) => promoted).length,
    ending: failure ? 'failed' : ending,
    failure,
    checkRate: decided.findLast(({ promoted }) => promoted)?.checkRate ?? null,
    usage: spent,
    view,
  };
}

async function reportOf(deployed: Deployed, name: string | undefined): Promise<FoundReport> {
  const run = await runNamed(deployed, name);
  const { url, expiresAt, report } = await deployed.api.getReport(run);
  return {
    run,
    ...(await wholeReport(deployed, run)),
    says: report.ending.says,
    link: { url, expiresAt },
    page: () => pageAt(url),
  };
}

/** The link has no rounds with it. Whoever may use the API alone, and not the bucket, does without them. */
async function wholeReport(
  { globals: { store } }: Deployed,
  run: string,
): Promise<Pick<FoundReport, 'report' | 'note'>> {
  try {
    return { report: await findArtifact(store, keys.report(run), reportSchema) };
  } catch (error) {
    if (error instanceof StoreRefused) return { report: undefined, note: error.message };
    throw error;
  }
}

async function pageAt(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) }).catch((cause: unknown) => {
    throw new ProviderOverloaded('The report could not be fetched from its link: try again later.', { cause });
  });
  if (response.ok) return response.text();
  throw new ProviderOverloaded(
    `The report could not be fetched: its link answers ${response.status}. Try again later.`,
  );
}

async function pairsOf(
  deployed: Deployed,
  name: string | undefined,
  { round: wanted, limit }: WantedPairs,
): Promise<FoundPairs> {
  const run = await runNamed(deployed, name);
  const pageOf = (found: number) => Math.min(limit - found, PAIRS_A_PAGE);
  const { round, pairs, next: second } = await deployed.api.listPairs(run, { round: wanted, limit: pageOf(0) });
  const found = [...pairs];
  let next = second;
  while (next !== null && found.length < limit) {
    const page = await deployed.api.listPairs(run, { round, limit: pageOf(found.length), next });
    found.push(...page.pairs);
    next = page.next;
  }
  if (found.length > 0) return { run, round, pairs: found, hasMore: next !== null };
  throw new InvalidInput(`The run ${run}`, [
    `it has no pairs of round ${round}; the report says why, or it is under way`,
  ]);
}
