import { billOf, type Scenario, totalOf } from './bill.ts';
import type { Counted } from './counted.ts';
import type { FixedPart } from './fixed-part.ts';
import { columns, isOfRecord, ownWorkACall, type Part, partsOf } from './parts-of-cost.ts';
import { waitedIn } from './waiting.ts';

export interface Found {
  readonly sizes: readonly Counted[];
  readonly slow: readonly Counted[];
  readonly limited: Counted;
  readonly fixed: FixedPart;
}

const real = { studentSeconds: 2, teacherSeconds: 1 };
/** Writes a call as measured with the same latencies; with 1,000 calls at once in 63 functions. */
const scenarios = (writesAt4: number, writesAt16: number): readonly Scenario[] => {
  const usual = { promptsAShard: 100, callsAtOnce: 4, ...real, writesACall: writesAt4 };
  const wide = { promptsAShard: 1000, callsAtOnce: 16, ...real, writesACall: writesAt16 };
  return [
    { name: '1,000, defaults', prompts: 1_000, ...usual },
    { name: '10,000, defaults', prompts: 10_000, ...usual },
    {
      name: '10,000, 16 calls at once in a function',
      prompts: 10_000,
      ...usual,
      callsAtOnce: 16,
      writesACall: writesAt16,
    },
    { name: '1,000,000, 1,000 a shard, 16 calls at once', prompts: 1_000_000, ...wide },
  ];
};

/** Everything in Markdown, to standard output. */
export function writeTables({ sizes, slow, limited, fixed }: Found): void {
  const parts = partsOf(sizes);
  table(
    ['of each', ...columns, 'worst error, %'],
    parts.map(({ measure, each, worstPercent }) => [measure, ...each, worstPercent]),
  );
  table(
    ['step', 'calls at once', 'calls', 'least s', 'measured s', 'writes a call'],
    slow.flatMap(waitedIn).map(({ step, callsAtOnce, calls, leastSeconds, seconds, writes }) => {
      return [step, callsAtOnce, calls, leastSeconds, seconds, writes / calls];
    }),
  );
  writeRequests(sizes[0] as Counted);
  writeOfBudget(sizes[0] as Counted, limited);
  const ownWork = ownWorkACall(sizes);
  table(['own work, GB·s a call'], [[ownWork]]);
  writeBills(parts, ownWork, slow);
  const metrics = new Set(sizes.flatMap(({ logged }) => [...logged.metrics]));
  table(['fixed', 'count'], [...Object.entries(fixed), ['custom metrics, with FailedInvocations', metrics.size + 1]]);
  table(
    ['run', 'events in its history', 'bytes of the largest state'],
    sizes.map(({ wish, executed }) => [wish.run, executed.events, executed.stateBytes]),
  );
}

/** Which function asks S3 for what, so that a surprise can be traced. */
function writeRequests({ requests }: Counted): void {
  const counts = new Map<string, number>();
  for (const { by, service, class: kind, key } of requests) {
    const name = `${by} | ${service} ${kind ?? ''} | ${key}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const rows = [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
  table(
    ['function', 'request', 'key', 'times in run a'],
    rows.map(([name, count]) => [...name.split(' | '), count]),
  );
}

/** What limits cost: the ledger is read and written for some calls together. */
function writeOfBudget(without: Counted, limited: Counted): void {
  const ofLedger = ({ requests }: Counted) => requests.filter(({ key }) => key.endsWith('budget.json'));
  const calls = Object.values(limited.left.calls).reduce((sum, count) => sum + count, 0);
  const of = (counted: Counted, kind: string) => ofLedger(counted).filter((request) => request.class === kind).length;
  table(
    ['budget.json', 'PUT', 'GET', 'calls', 'calls a PUT'],
    [
      ['without limits', of(without, 'put'), of(without, 'get'), calls, 0],
      ['with a limit', of(limited, 'put'), of(limited, 'get'), calls, calls / of(limited, 'put')],
    ],
  );
}

function writeBills(parts: readonly Part[], ownWork: number, [slow4, slow16]: readonly Counted[]): void {
  const [at4, at16] = [slow4, slow16].map((counted) => (counted ? writesACall(counted) : 1));
  for (const scenario of scenarios(at4 ?? 1, at16 ?? 1)) {
    const lines = billOf(scenario, parts, ownWork);
    const total = totalOf(lines);
    table(
      [scenario.name, 'count', 'USD', '%'],
      [
        ...lines.map(({ what, count, usd }) => [what, count, usd, (100 * usd) / total]),
        ['sum', '', total, 100],
        ['for 10,000 prompts', '', (total * 10_000) / scenario.prompts, ''],
      ],
    );
  }
}

function writesACall({ left, requests }: Counted): number {
  const calls = Object.values(left.calls).reduce((sum, count) => sum + count, 0);
  return requests.filter((request) => isOfRecord(request) && request.class === 'put').length / calls;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const line = (cells: readonly (string | number)[]) => `| ${cells.map(shown).join(' | ')} |`;
  console.log([line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line), ''].join('\n'));
}

/** Four digits that count. */
function shown(cell: string | number): string {
  if (typeof cell === 'string') return cell;
  // What is left of rounding, and of rare branches of the workflow.
  if (Math.abs(cell) < 1e-6) return '0';
  return Number.isInteger(cell) ? cell.toLocaleString('en') : String(Number(cell.toPrecision(4)));
}
