import { expect, test } from '@jest/globals';
import { isFullyRight, runChecks } from '../../core/checks/run-checks.ts';
import { answeredNumber } from '../../core/text/numbers.ts';
import { hasData, readLines } from './recorded-data.ts';

interface Solution {
  readonly is_correct: boolean;
  readonly solution: string;
}
type Problem = { readonly question: string; readonly ground_truth: string } & Readonly<Record<string, Solution>>;

const models = ['6b_finetuning', '6b_verification', '175b_finetuning', '175b_verification'];

const isThere = hasData('gsm8k.jsonl.gz');
(isThere ? test : test.skip)(
  isThere ? 'the number check agrees with what is recorded of every solution of GSM8K' : 'GSM8K: no data',
  () => {
    const solved = readLines<Problem>('gsm8k.jsonl.gz').flatMap((problem) => {
      const equals = answeredNumber(problem.ground_truth)!;
      return models.map((model) => ({ equals, ...problem[model]! }));
    });
    const disagreed = solved.filter(({ equals, solution, is_correct: isCorrect }) => {
      return isFullyRight(runChecks([{ kind: 'number', equals }], solution)) !== isCorrect;
    });

    expect(solved.length).toBeGreaterThanOrEqual(2800);
    expect(disagreed).toEqual([]);
  },
);
