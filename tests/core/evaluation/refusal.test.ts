import { describe, expect, test } from '@jest/globals';
import { isRefusal } from '../../../core/evaluation/refusal.ts';

const says = (text: string) => isRefusal({ text, finish: 'stop' });

describe('a refusal', () => {
  test.each([
    "I'm sorry, but I can't help with that.",
    'I’m sorry, I can’t assist with that request.',
    'Sorry, I cannot help you with this.',
    'I apologize, but I cannot fulfill this request.',
    'Unfortunately, I am unable to answer that question.',
    'We are very sorry. We are not able to help with that.',
    "I won't do that",
    'I must decline to answer this question.',
    'As an AI language model, I cannot give medical advice.',
    "I'm sorry, but as an AI, I can't write that.",
  ])('in words: %s', (text) => {
    expect(says(text)).toBe(true);
  });

  test('is also what the endpoint calls one, or filtered', () => {
    expect(isRefusal({ text: '', finish: 'refusal' })).toBe(true);
    expect(isRefusal({ text: 'Take a', finish: 'filtered' })).toBe(true);
    expect(isRefusal({ text: 'Take a', finish: 'length' })).toBe(false);
  });
});

describe('no refusal', () => {
  test.each([
    'I am sorry about your kettle. A new one is on its way.',
    "I'm sorry, I can't refund an order without its number. Could you send it?",
    "We're sorry, we can't help with that order until it has shipped.",
    'I am sorry to hear that. I can help with that.',
    'Sorry, I cannot do a refund today, but a new lamp is on its way.',
    'Unfortunately we are not able to answer the phone on Sundays.',
    'Press the button. If it fails, I cannot help with that.',
    'As an AI student, you can join the course.',
    'The customer said: I cannot help with that.',
    '',
  ])('%s', (text) => {
    expect(says(text)).toBe(false);
  });
});
