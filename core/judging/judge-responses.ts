import type { Teacher } from '../ports.ts';
import type { Prompt } from '../prompt.ts';
import { pickIndex, randomFor, seedFor, shuffled } from '../random.ts';
import type { Finish, Response, SampledPrompt } from '../response.ts';
import { addUsage, noUsage, priced, type Usage } from '../usage.ts';
import { type AskSettings, askComparison, askTeacher } from './ask-comparison.ts';
import { canaryFor, showsCanary } from './canaries.ts';
import { compareByChecks } from './compare-by-checks.ts';
import { findExtremes } from './find-extremes.ts';
import { instructsJudge } from './instructs-judge.ts';
import { critiqueQuestion, type JudgedText } from './judge-prompt.ts';
import type { JudgedPrompt } from './judged-prompt.ts';
import { readCritiques } from './read-answer.ts';
import type { Comparison } from './verdict.ts';

export interface JudgeSettings extends AskSettings {
  readonly critiques: boolean;
  readonly canaryShare: number;
}

/**
 * Finds and confirms the best and the worst of one prompt's responses: checks before teacher, one balanced random order
 * while searching, both orders on the pair that may be trained on, then a critique of each. `key` names the run, round
 * and prompt; the same key asks the same questions in the same order.
 */
export async function judgeResponses(
  prompt: Prompt,
  sampled: SampledPrompt,
  teacher: Teacher,
  settings: JudgeSettings,
  key: string,
): Promise<JudgedPrompt> {
  const bench = new Bench(prompt, teacher, settings, key);
  const { judged, leftOut } = worthJudging(sampled.responses);
  const row = { prompt: prompt.id, judged: judged.map((response) => response.id), leftOut };
  if (judged.length < 2) {
    return {
      ...row,
      search: [],
      extremes: null,
      confirmation: [],
      critiques: null,
      canary: null,
      usage: noUsage,
    };
  }

  const slots: Comparison[] = [];
  const { best, worst } = await findExtremes(
    shuffled(judged, randomFor(key, 'bracket')),
    async (first, second, slot) => {
      const comparison = await bench.compare(first, second, slot);
      slots[slot] = comparison;
      return comparison.kind === 'abstention' || comparison.winner === 'tie'
        ? 'neither'
        : comparison.winner === first.id
          ? 'first'
          : 'second';
    },
  );
  // By slot, not in the order of the answers; a bracket that is done early leaves a slot empty.
  const search = slots.filter((comparison) => comparison !== undefined);
  const [confirmation, canary] = await Promise.all([
    bench.confirm(best, worst, search),
    showsCanary(key, settings.canaryShare) ? bench.canary(best) : null,
  ]);
  const agreed = agreedWinner(confirmation) === best.id;
  const critiques = agreed && settings.critiques ? await bench.critique(best, worst) : null;
  return {
    ...row,
    search,
    extremes: { best: best.id, worst: worst.id },
    confirmation,
    critiques,
    canary,
    usage: bench.usage,
  };
}

/** The response that every confirming comparison names, or undefined: a tie, a conflict or an abstention agrees on none. */
export function agreedWinner(confirmation: readonly Comparison[]): string | undefined {
  const winners = confirmation.map((comparison) => (comparison.kind === 'verdict' ? comparison.winner : undefined));
  const [winner] = winners;
  return winner !== undefined && winner !== 'tie' && winners.every((other) => other === winner) ? winner : undefined;
}

const silent: readonly Finish[] = ['refusal', 'filtered', 'rejected'];

/** Distinct, answered responses that do not speak to the judge; the first of equal texts stays. */
function worthJudging(responses: readonly Response[]): { judged: Response[]; leftOut: Record<string, string> } {
  const judged: Response[] = [];
  const leftOut: Record<string, string> = {};
  const seen = new Set<string>();
  for (const response of responses) {
    const text = response.text.trim();
    if (silent.includes(response.finish)) leftOut[response.id] = response.finish;
    else if (text === '') leftOut[response.id] = 'empty';
    else if (instructsJudge(text)) leftOut[response.id] = 'instructs-the-judge';
    else if (seen.has(text)) leftOut[response.id] = 'duplicate';
    else {
      judged.push(response);
      seen.add(text);
    }
  }
  return { judged, leftOut };
}

/** The teacher at work on one prompt: asks, reads, and keeps the bill. */
class Bench {
  readonly #prompt: Prompt;
  readonly #teacher: Teacher;
  readonly #settings: JudgeSettings;
  readonly #key: string;
  /** Balanced: a coin decides which response of the first comparison is shown first, then the sides alternate. */
  readonly #coin: number;
  #usage: Usage = noUsage;

  constructor(prompt: Prompt, teacher: Teacher, settings: JudgeSettings, key: string) {
    this.#prompt = prompt;
    this.#teacher = teacher;
    this.#settings = settings;
    this.#key = key;
    this.#coin = pickIndex(randomFor(key, 'order'), 2);
  }

  /** The price of all tokens together: sums of prices depend on the order, and answers come in any. */
  get usage(): Usage {
    return { ...priced(this.#usage, this.#settings.price), calls: this.#usage.calls };
  }

  async compare(first: Response, second: Response, slot: number): Promise<Comparison> {
    const byChecks = compareByChecks(first, second);
    if (byChecks) return byChecks;
    return (slot + this.#coin) % 2 === 0 ? this.ask(second, first) : this.ask(first, second);
  }

  /** Both orders of the extremes; an order that the search has already asked is not asked again. */
  async confirm(best: Response, worst: Response, search: readonly Comparison[]): Promise<Comparison[]> {
    const byChecks = compareByChecks(best, worst);
    if (byChecks) return [byChecks];
    return Promise.all(
      [[best, worst] as const, [worst, best] as const].map(([first, second]) => {
        const asked = search.find(({ compared }) => compared[0] === first.id && compared[1] === second.id);
        return asked ?? this.ask(first, second);
      }),
    );
  }

  async critique(best: Response, worst: Response): Promise<JudgedPrompt['critiques']> {
    const question = critiqueQuestion(this.#prompt, this.#settings.rubric, [best, worst], `${this.#key} critique`);
    const seed = seedFor(this.#key, 'critique');
    const { answer, usage } = await askTeacher(this.#teacher, question, this.#settings, seed);
    this.#usage = addUsage(this.#usage, usage);
    const critiques = readCritiques(answer, question);
    return critiques ? Object.fromEntries(critiques) : 'unreadable';
  }

  /** A tie between a real response and planted nonsense misses it too. */
  async canary(best: Response): Promise<JudgedPrompt['canary']> {
    const canary = { id: 'canary', text: canaryFor(this.#key) };
    const comparison = await (pickIndex(randomFor(this.#key, 'canary side'), 2) === 0
      ? this.ask(best, canary)
      : this.ask(canary, best));
    if (comparison.kind === 'abstention') return 'abstained';
    return comparison.winner === best.id ? 'held' : 'missed';
  }

  async ask(first: JudgedText, second: JudgedText): Promise<Comparison> {
    const asked = await askComparison(this.#prompt, [first, second], this.#teacher, this.#settings, this.#key);
    this.#usage = addUsage(this.#usage, asked.usage);
    return asked.comparison;
  }
}
