import { describe, expect, test } from '@jest/globals';
import { recordsFor } from '../../../core/training/records.ts';
import { pairOf } from '../pairs/pairs-fixture.ts';

const pair = pairOf('Where is it?', 'On its way.', 'No idea.');
const { messages } = pair.prompt;

describe('what a training method learns from a pair', () => {
  test('preference training: both sides', () => {
    expect(recordsFor('dpo', pair)).toEqual({ kind: 'pair', messages, chosen: 'On its way.', rejected: 'No idea.' });
  });

  test('supervised training: the chosen side', () => {
    expect(recordsFor('supervised', pair)).toEqual({ kind: 'example', messages, response: 'On its way.' });
  });

  test('reinforcement: the prompt alone, with its reference if it has one', () => {
    const withReference = { ...pair, prompt: { ...pair.prompt, reference: 'Tomorrow.' } };

    expect(recordsFor('reinforcement', pair)).toStrictEqual({ kind: 'prompt', messages });
    expect(recordsFor('reinforcement', withReference)).toEqual({ kind: 'prompt', messages, reference: 'Tomorrow.' });
  });
});
