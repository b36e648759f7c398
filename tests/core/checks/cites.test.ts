import { expect, test } from '@jest/globals';
import type { Check } from '../../../core/checks/check.ts';
import { passes } from './passes.ts';

test.each<[string[], string, boolean]>([
  [['1'], 'So it is [1].', true],
  [['1', '2'], 'So [1, 2].', true],
  [['1', '2', '3'], 'So [1-3].', true],
  [['1', '2'], 'So [1][2]', true],
  [['1', '2'], 'So [1]', false],
  [['1'], 'In 1 of 2 cases', false],
  [['1'], 'So [^1]', true],
  [['1'], 'See [1](https://a.org)', false],
  [['doc-7'], 'See [doc-7; doc-8]', true],
  [['Smith 2020'], 'As [Smith 2020] says', true],
  [['https://a.org/x'], 'See https://a.org/x.', true],
  [['https://a.org/x/'], 'See (https://a.org/x)', true],
  [['https://a.org/x'], 'See https://a.org/xyz', false],
  [['https://a.org/x_(y)'], '(see https://a.org/x_(y))', true],
  [['https://a.org'], 'See [this](https://a.org)', true],
])('all of %j are cited in %j: %s', (sources, text, cited) => {
  expect(passes({ kind: 'cites', sources }, text)).toBe(cited);
});

test.each([
  ['So [1].', true],
  ['So [1] and [2].', false],
  ['So [1, 2].', false],
  ['So [1], see https://b.org', false],
  ['So [1], dear [name], [ ] [x] [a](#b)', true],
])('only what is given is cited in %j: %s', (text, only) => {
  const check: Check = { kind: 'cites', sources: ['1'], only: true };

  expect(passes(check, text)).toBe(only);
});
