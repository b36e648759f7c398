/**
 * How often does a rule promote a student that is no better, and how often one that is? Real verdicts of GPT-4 (80
 * prompts, 8 systems, every ordered pair; artidoro/qlora, MIT) are drawn with replacement, one balanced random order a
 * prompt, as the product asks. Null: the sign of each verdict is a coin. Run: npm exec -- node bench/gate.ts [csv]
 */
import { existsSync, readFileSync } from 'node:fs';
import { wealthAgainst } from '../core/evaluation/betting.ts';
import { pickIndex, type Random, randomFor } from '../core/random.ts';

const besideTheRepository = new URL('../../shared/data/tournament/pairwise_gpt4.csv', import.meta.url).pathname;
const path = process.argv[2] ?? process.env['RATCHET_TOURNAMENT'] ?? besideTheRepository;
const runs = 2000;
const prompts = 400;
const alpha = 0.05;

/** Outcomes of one system against another, one list for each order of showing them. */
interface Duel {
  readonly shownFirst: number[];
  readonly shownSecond: number[];
}

function readDuels(csv: string): Duel[] {
  const duels = new Map<string, Duel>();
  for (const line of csv.trim().split('\n').slice(1)) {
    const [, first = '', second = '', verdict] = line.split(',');
    const outcome = { 1: 1, 2: 0, 3: 0.5 }[Number(verdict)];
    if (outcome === undefined) continue; // unparsed upstream
    duelOf(duels, first, second).shownFirst.push(outcome);
    duelOf(duels, second, first).shownSecond.push(1 - outcome);
  }
  return [...duels.values()];
}

function duelOf(duels: Map<string, Duel>, ours: string, theirs: string): Duel {
  const key = `${ours} against ${theirs}`;
  const duel = duels.get(key) ?? { shownFirst: [], shownSecond: [] };
  duels.set(key, duel);
  return duel;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const winRateOf = (duel: Duel) => (mean(duel.shownFirst) + mean(duel.shownSecond)) / 2;

function draw(duel: Duel, random: Random): number {
  const side = random.next() < 0.5 ? duel.shownFirst : duel.shownSecond;
  return side[pickIndex(random, side.length)] as number;
}

/** Which prompt made the rule promote; undefined for none. */
type Rule = (outcomes: readonly number[]) => number | undefined;

const rules: Readonly<Record<string, Rule>> = {
  'the gate': (outcomes) => {
    const at = wealthAgainst(0.5, outcomes).running.findIndex((wealth) => wealth >= -Math.log10(alpha));
    return at < 0 || mean(outcomes) <= 0.5 ? undefined : Math.max(at, 50);
  },
  'win rate > 50 %': (outcomes) => (mean(outcomes) > 0.5 ? prompts : undefined),
  'z-test, once': (outcomes) => (isSignificant(outcomes) ? prompts : undefined),
  'z-test, every 20': (outcomes) => {
    for (let seen = 20; seen <= prompts; seen += 20) if (isSignificant(outcomes.slice(0, seen))) return seen;
    return undefined;
  },
};

function isSignificant(outcomes: readonly number[]): boolean {
  const middle = mean(outcomes);
  const variance = outcomes.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (outcomes.length - 1);
  return (middle - 0.5) / Math.sqrt(variance / outcomes.length) > 1.6449;
}

/** Share of runs that promote, and the mean prompt at which. */
function tryRule(rule: Rule, name: string, outcomeOf: (random: Random, run: number) => number): string {
  const promoted: number[] = [];
  for (let run = 0; run < runs; run++) {
    const random = randomFor('bench gate', name, run);
    const at = rule(Array.from({ length: prompts }, () => outcomeOf(random, run)));
    if (at !== undefined) promoted.push(at);
  }
  const share = `${((promoted.length / runs) * 100).toFixed(1)} %`;
  return promoted.length === 0 ? share : `${share} @ ${Math.round(mean(promoted))}`;
}

function compareRules(duels: readonly Duel[]): Record<string, Record<string, string>> {
  const rows: Record<string, Record<string, string>> = {};
  const compare = (row: string, outcomeOf: (random: Random, run: number) => number) => {
    rows[row] = Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, tryRule(rule, row, outcomeOf)]));
  };
  const duelAt = (some: readonly Duel[], run: number) => some[run % some.length] as Duel;
  compare('no better (sign-flipped)', (random, run) => {
    const outcome = draw(duelAt(duels, run), random);
    return random.next() < 0.5 ? outcome : 1 - outcome;
  });
  for (const rate of [0.55, 0.6, 0.65, 0.7]) {
    const near = duels.filter((duel) => Math.abs(winRateOf(duel) - rate) < 0.0125);
    if (near.length === 0) continue; // the data has no such pair
    const row = `true win rate ${mean(near.map(winRateOf)).toFixed(3)} (${near.length} pairs)`;
    compare(row, (random, run) => draw(duelAt(near, run), random));
  }
  return rows;
}

if (existsSync(path)) {
  console.log(`Promoted in ${runs} runs of ${prompts} prompts @ after how many prompts on average; alpha ${alpha}`);
  console.table(compareRules(readDuels(readFileSync(path, 'utf8'))));
} else {
  console.log('skipped: no data');
}
