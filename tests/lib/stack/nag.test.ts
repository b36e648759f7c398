import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Validations } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bedrockStack, fullStack, loopStack, type Synthesized } from './stacks.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/permissions.md'), 'utf8');
const stacks: readonly [string, Synthesized][] = [
  ['plain', loopStack()],
  ['with every option', fullStack()],
  ['with student, teacher and trainer on Bedrock', bedrockStack()],
];

/** What cdk-nag finds and nobody explains. */
function findingsIn({ loop }: Synthesized): string[] {
  const { violations } = new AwsSolutionsChecks(loop).validateScope(loop);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
  );
}

/** Why a finding is none, for each that is explained. */
function reasonsIn({ loop }: Synthesized): Set<string> {
  const explained = loop.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY);
  return new Set(explained.flatMap(({ data }) => Object.values(data as Record<string, string>)));
}

/** The third column of the table of reasons. */
function reasonsOnPage(): string[] {
  const table = page.slice(page.indexOf('| finding'));
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) => row.split('|')[3]?.trim() ?? '');
}

test.each(stacks)('cdk-nag finds nothing in the stack %s that is not explained', (_, synthesized) => {
  expect(findingsIn(synthesized)).toEqual([]);
});

test('(a finding that nobody explains is noticed)', () => {
  const synthesized = loopStack();
  new CfnTopic(synthesized.loop, 'Open');

  expect(findingsIn(synthesized)).toEqual(['AwsSolutions-SNS3 at Desk/Loop/Open']);
});

test('every reason is on the page, and every one of the page is a reason', () => {
  const reasons = new Set(stacks.flatMap(([, synthesized]) => [...reasonsIn(synthesized)]));

  expect(reasonsOnPage().toSorted()).toEqual([...reasons].toSorted());
});
