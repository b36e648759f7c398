import { type AskSettings, askComparison } from '../judging/ask-comparison.ts';
import { compareByChecks } from '../judging/compare-by-checks.ts';
import { instructsJudge } from '../judging/instructs-judge.ts';
import { type Comparison, tie } from '../judging/verdict.ts';
import type { Teacher } from '../ports.ts';
import type { Prompt } from '../prompt.ts';
import { pickIndex, randomFor } from '../random.ts';
import { type Response, responseId } from '../response.ts';
import { noUsage } from '../usage.ts';
import type { EvaluatedPrompt, Role } from './evaluated-prompt.ts';
import { isAnswered } from './held-out.ts';

/** A response that did not come, and why. */
export interface MissingResponse {
  readonly missing: string;
}

/**
 * Compares the two students' responses to one held-out prompt: by code where code can tell, else by one comparison of
 * the teacher in a balanced random order (of n prompts in one order more is learnt than of n / 2 in both). `key` names
 * the run, round and prompt; the same key asks the same question in the same order. Throws as Teacher does.
 */
export async function evaluatePrompt(
  prompt: Prompt,
  responses: Readonly<Record<Role, Response | MissingResponse>>,
  teacher: Teacher,
  settings: AskSettings,
  key: string,
): Promise<EvaluatedPrompt> {
  const incumbent = responseOf(prompt, 'incumbent', responses);
  const candidate = responseOf(prompt, 'candidate', responses);
  const row = { prompt: prompt.id, incumbent, candidate, missing: reasonsOf(responses) };
  if (!incumbent || !candidate) {
    const abstention = { outcome: 'abstention', score: 0.5, decidedBy: null, abstention: 'missing-response' } as const;
    return { ...row, comparison: null, ...abstention, usage: noUsage };
  }

  const byCode = compareByCode(incumbent, candidate);
  if (byCode) return { ...row, comparison: byCode, ...outcomeOf(byCode, candidate), usage: noUsage };
  const candidateFirst = pickIndex(randomFor(key, 'order'), 2) === 1;
  const shown = candidateFirst ? ([candidate, incumbent] as const) : ([incumbent, candidate] as const);
  const { comparison, usage } = await askComparison(prompt, shown, teacher, settings, key);
  return { ...row, comparison, ...outcomeOf(comparison, candidate), usage };
}

/** Both students count their responses from 0: here the role tells the two ids apart, or a verdict could name both. */
function responseOf(
  prompt: Prompt,
  role: Role,
  responses: Readonly<Record<Role, Response | MissingResponse>>,
): Response | null {
  const response = responses[role];
  return 'missing' in response ? null : { ...response, id: responseId(prompt.id, role) };
}

function reasonsOf(responses: Readonly<Record<Role, Response | MissingResponse>>): Partial<Record<Role, string>> {
  const { incumbent, candidate } = responses;
  return {
    ...('missing' in incumbent ? { incumbent: incumbent.missing } : {}),
    ...('missing' in candidate ? { candidate: candidate.missing } : {}),
  };
}

/**
 * A response that says nothing, or speaks to the judge, loses to one that answers; the same text twice is a tie; then the
 * checks, of which to be whole is one here: a student that does not come to an end is the worse one to promote.
 */
function compareByCode(incumbent: Response, candidate: Response): Comparison | undefined {
  const verdict = (winner: string): Comparison => ({
    kind: 'verdict',
    compared: [incumbent.id, candidate.id],
    winner,
    decidedBy: 'checks',
  });
  if (isJudged(incumbent) !== isJudged(candidate)) return verdict(isJudged(candidate) ? candidate.id : incumbent.id);
  if (!isJudged(candidate) || incumbent.text.trim() === candidate.text.trim()) return verdict(tie);
  return compareByChecks(withWholeness(incumbent), withWholeness(candidate));
}

function isJudged(response: Response): boolean {
  return isAnswered(response) && !instructsJudge(response.text);
}

function withWholeness(response: Response): Response {
  const { finish, checks } = response;
  return finish === 'length' ? { ...response, checks: { ...checks, failed: [...checks.failed, 'cut off'] } } : response;
}

function outcomeOf(
  comparison: Comparison,
  candidate: Response,
): Pick<EvaluatedPrompt, 'outcome' | 'score' | 'decidedBy' | 'abstention'> {
  if (comparison.kind === 'abstention') {
    return { outcome: 'abstention', score: 0.5, decidedBy: null, abstention: comparison.reason };
  }
  const { winner, decidedBy, probability = 1 } = comparison;
  if (winner === tie) return { outcome: 'tie', score: 0.5, decidedBy, abstention: null };
  return winner === candidate.id
    ? { outcome: 'win', score: probability, decidedBy, abstention: null }
    : { outcome: 'loss', score: 1 - probability, decidedBy, abstention: null };
}
