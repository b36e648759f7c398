import { expect, test } from '@jest/globals';
import { executionPage } from '../../functions/execution-page.ts';

const arnIn = (partition: string, region: string) =>
  `arn:${partition}:states:${region}:123456789012:execution:ratchet-desk:desk-1`;

test.each([
  ['aws', 'eu-central-1', 'https://eu-central-1.console.aws.amazon.com/'],
  ['aws-cn', 'cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
  ['aws-us-gov', 'us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
])('an execution of the partition %s has its page in its own console', (partition, region, host) => {
  const arn = arnIn(partition, region);

  expect(executionPage(arn)).toBe(`${host}states/home?region=${region}#/v2/executions/details/${arn}`);
});

test('an execution that is not known has the page of all state machines', () => {
  expect(executionPage(undefined)).toBe('https://console.aws.amazon.com/states/home#/statemachines');
});
