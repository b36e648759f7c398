import fc from 'fast-check';
import type { JudgedPrompt } from '../../../core/judging/judged-prompt.ts';
import type { Abstention, Comparison, Verdict } from '../../../core/judging/verdict.ts';
import { buildPair, type PairMaterial, type PairSettings } from '../../../core/pairs/build-pair.ts';
import type { LabelRow } from '../../../core/pairs/labels.ts';
import type { PreferencePair, Provenance } from '../../../core/pairs/preference-pair.ts';
import type { Prompt } from '../../../core/prompt.ts';
import type { Response, SampledPrompt } from '../../../core/response.ts';
import { noUsage } from '../../../core/usage.ts';

export const prompt: Prompt = { id: 'p-1', messages: [{ role: 'user', content: 'My kettle is late.' }] };
export const settings: PairSettings = { maximumLengthRatio: 2, maximumTokens: 2048, minimumProbability: 0.9 };
export const provenance: Provenance = {
  round: 1,
  student: 'student',
  teacher: 'teacher',
  judgePromptVersion: 'compare-1',
  seed: 1,
};

const [best, worst] = ['p-1/0', 'p-1/1'];

export function response(id: string, text: string, more: Partial<Response> = {}): Response {
  return { id, text, model: 'student', finish: 'stop', checks: { passed: 0, total: 0, failed: [] }, ...more };
}

export function sampledWith(responses: readonly Response[], missing: SampledPrompt['missing'] = []): SampledPrompt {
  const sampling = { temperature: 1, topP: 1, maxTokens: 64, seed: 1 };
  return { prompt: prompt.id, responses: [...responses], missing, settings: sampling, usage: noUsage };
}

export function verdict(compared: [string, string], winner: string, more: Partial<Verdict> = {}): Verdict {
  return { kind: 'verdict', compared, winner, decidedBy: 'teacher', ...more };
}

export function abstention(compared: [string, string], reason: Abstention['reason'] = 'unreadable'): Abstention {
  return { kind: 'abstention', compared, reason, said: '10' };
}

/** Both orders of p-1/0 and p-1/1, each with its winner. */
export function bothOrders(first: string, second: string, more: Partial<Verdict> = {}): Comparison[] {
  return [verdict([best, worst], first, more), verdict([worst, best], second, more)];
}

export function judgedWith(confirmation: Comparison[], more: Partial<JudgedPrompt> = {}): JudgedPrompt {
  return {
    prompt: prompt.id,
    judged: [best, worst],
    leftOut: {},
    search: [],
    extremes: { best, worst },
    confirmation,
    critiques: null,
    canary: null,
    usage: noUsage,
    ...more,
  };
}

/** Two responses of which the teacher names p-1/0 the better in both orders. */
export function material(more: Partial<PairMaterial> = {}): PairMaterial {
  const sampled = sampledWith([response(best, 'It is on its way.'), response(worst, 'That is your own fault.')]);
  return { prompt, sampled, judged: judgedWith(bothOrders(best, best)), settings, provenance, ...more };
}

/** A sound pair whose prompt and sides are made of the words given. */
export function pairOf(
  question: string,
  chosen = `Yes to ${question}`,
  rejected = `No to ${question}`,
  id = 'p-1',
): PreferencePair {
  return {
    prompt: { id, messages: [{ role: 'user', content: question }] },
    chosen: { id: `${id}/0`, text: chosen },
    rejected: { id: `${id}/1`, text: rejected },
    margin: 1,
    decidedBy: 'teacher',
    critiques: null,
    provenance,
  };
}

const ids = ['p-1/0', 'p-1/1', 'p-1/2', 'p-1/3'];
const two = fc.shuffledSubarray(ids, { minLength: 2, maxLength: 2 }) as fc.Arbitrary<[string, string]>;

function comparisonOf(compared: [string, string]): fc.Arbitrary<Comparison> {
  return fc.oneof(
    fc.record({
      kind: fc.constant('verdict' as const),
      compared: fc.constant(compared),
      winner: fc.constantFrom(...compared, 'tie'),
      decidedBy: fc.constant('teacher' as const),
      probability: fc.constantFrom(0.5, 0.85, 0.95, 1),
    }),
    fc.constantFrom('unreadable' as const, 'refused' as const).map((reason) => abstention(compared, reason)),
  );
}

/** Whatever may have been sampled and said of one prompt, sound or not. */
export const anyMaterial: fc.Arbitrary<PairMaterial> = fc
  .record({
    texts: fc.array(fc.constantFrom('Yes.', 'yes. ', 'It is on its way.', 'No.', 'a b c d e f g'), {
      minLength: 1,
      maxLength: 4,
    }),
    finish: fc.constantFrom('stop' as const, 'stop' as const, 'length' as const),
    extremes: fc.option(two, { freq: 8 }),
    search: fc.array(two.chain(comparisonOf), { maxLength: 3 }),
    canary: fc.constantFrom(null, null, 'missed' as const, 'held' as const),
    missing: fc.array(fc.constantFrom('refused', 'none came'), { maxLength: 2 }),
  })
  .chain(({ texts, finish, extremes, search, canary, missing }) => {
    const [best, worst] = extremes ?? ['', ''];
    const confirmation: fc.Arbitrary<Comparison[]> = !extremes
      ? fc.constant([])
      : fc.oneof(
          fc.tuple(comparisonOf([best, worst]), comparisonOf([worst, best])),
          fc.constantFrom(best, worst).map((winner) => [verdict(extremes, winner, { decidedBy: 'checks' })]),
        );
    const sampled = sampledWith(
      texts.map((text, index) => response(ids[index]!, text, { finish })),
      missing.map((reason, index) => ({ id: `p-1/m${index}`, reason })),
    );
    return confirmation.map((confirmed) => {
      const more = { judged: ids, search, extremes: extremes && { best, worst }, canary };
      return material({ sampled, judged: judgedWith(confirmed, more) });
    });
  });

export function rowOf(one: PairMaterial): LabelRow {
  return { sampled: one.sampled, judged: one.judged, built: buildPair(one) };
}
