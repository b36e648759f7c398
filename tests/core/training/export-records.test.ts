import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PreferencePair } from '../../../core/pairs/preference-pair.ts';
import type { Message } from '../../../core/prompt.ts';
import { datasetFiles } from '../../../core/training/dataset-files.ts';
import { exportFormats, exportPair } from '../../../core/training/export-records.ts';
import { pairOf } from '../pairs/pairs-fixture.ts';

const pair = withMessages(pairOf('', 'On its way.\n"Soon"', 'No idea.'), [
  { role: 'system', content: 'You are a desk.' },
  { role: 'user', content: 'Where is it?' },
]);

function withMessages(one: PreferencePair, messages: Message[]): PreferencePair {
  return { ...one, prompt: { ...one.prompt, messages } };
}

/** With white space around it, which is the text's own. */
const words = fc
  .tuple(fc.constantFrom('', ' ', '\n'), fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constantFrom('', ' ', '\n'))
  .map((parts) => parts.join(''));
const message: fc.Arbitrary<Message> = fc.record({
  role: fc.constantFrom('system' as const, 'user' as const, 'assistant' as const),
  content: fc.oneof(
    words,
    fc.array(
      words.map((text) => ({ type: 'text' as const, text })),
      { minLength: 1 },
    ),
  ),
});
const anyPair = fc
  .tuple(fc.array(message, { maxLength: 4 }), words, words, words)
  .map(([before, question, chosen, rejected]) =>
    withMessages(pairOf('', chosen, rejected), [...before, { role: 'user', content: question }]),
  );

describe('a pair is exported', () => {
  test('as OpenAI takes preferences', () => {
    expect(exportPair('openai-preference', pair)).toBe(
      '{"input":{"messages":[{"role":"system","content":"You are a desk."},{"role":"user","content":"Where is it?"}]},"preferred_output":[{"role":"assistant","content":"On its way.\\n\\"Soon\\""}],"non_preferred_output":[{"role":"assistant","content":"No idea."}]}',
    );
  });

  test("as TRL's DPOTrainer takes conversations", () => {
    expect(exportPair('trl-preference', pair)).toBe(
      '{"prompt":[{"role":"system","content":"You are a desk."},{"role":"user","content":"Where is it?"}],"chosen":[{"role":"assistant","content":"On its way.\\n\\"Soon\\""}],"rejected":[{"role":"assistant","content":"No idea."}]}',
    );
  });

  test('as a conversation that ends in the chosen response', () => {
    expect(exportPair('sft', pair)).toBe(
      '{"messages":[{"role":"system","content":"You are a desk."},{"role":"user","content":"Where is it?"},{"role":"assistant","content":"On its way.\\n\\"Soon\\""}]}',
    );
  });

  test('in every format as one line that holds the very texts of its sides', () => {
    const same = fc.property(anyPair, (any) => {
      const [openai, trl, sft] = exportFormats.map((format) => {
        const line = exportPair(format, any)!;
        expect(line).not.toContain('\n');
        return JSON.parse(line);
      });
      const [chosen, rejected] = [any.chosen.text, any.rejected.text].map((content) => [
        { role: 'assistant', content },
      ]);

      expect([openai.preferred_output, openai.non_preferred_output]).toEqual([chosen, rejected]);
      expect([trl.chosen, trl.rejected]).toEqual([chosen, rejected]);
      expect([openai.input.messages, sft.messages]).toEqual([
        any.prompt.messages,
        [...any.prompt.messages, ...chosen!],
      ]);
      expect(trl.prompt.map(({ role }: Message) => role)).toEqual(any.prompt.messages.map(({ role }) => role));
    });
    fc.assert(same);
  });
});

describe('message parts', () => {
  const text = { type: 'text' as const, text: 'What is this?' };
  const image = { type: 'image_url' as const, image_url: { url: 'https://example.com/kettle.png' } };

  test('of text are one text for TRL, whose templates take no parts', () => {
    const parts = withMessages(pair, [{ role: 'user', content: [text, { ...text, text: 'A kettle?' }] }]);

    expect(JSON.parse(exportPair('trl-preference', parts)!).prompt).toEqual([
      { role: 'user', content: 'What is this?\nA kettle?' },
    ]);
  });

  test('with an image stay parts for OpenAI, and have no line for TRL', () => {
    const parts = withMessages(pair, [{ role: 'user', content: [text, image] }]);

    expect(exportPair('trl-preference', parts)).toBeUndefined();
    expect(JSON.parse(exportPair('sft', parts)!).messages[0].content).toEqual([text, image]);
    expect(JSON.parse(exportPair('openai-preference', parts)!).input.messages[0].content).toEqual([text, image]);
  });
});

test('the files of a dataset are those that hold anything', () => {
  const exports = {
    'openai-preference': { train: 3, validation: 1 },
    'trl-preference': { train: 2, validation: 0 },
    sft: { train: 3, validation: 1 },
  };

  expect(datasetFiles('run-1', 2, { exports }).map(({ key, rows }) => [key, rows])).toEqual([
    ['runs/run-1/round-2/dataset/train.openai-preference.jsonl', 3],
    ['runs/run-1/round-2/dataset/validation.openai-preference.jsonl', 1],
    ['runs/run-1/round-2/dataset/train.trl-preference.jsonl', 2],
    ['runs/run-1/round-2/dataset/train.sft.jsonl', 3],
    ['runs/run-1/round-2/dataset/validation.sft.jsonl', 1],
  ]);
});
