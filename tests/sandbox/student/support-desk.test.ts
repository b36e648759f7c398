import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { isFullyRight, runChecks } from '../../../core/checks/run-checks.ts';
import { promptSchema } from '../../../core/prompt.ts';
import { randomFor } from '../../../core/random.ts';
import { responseLimit } from '../../../sandbox/student/conversation.ts';
import { assessReply, fullChecks } from '../../../sandbox/support-desk/assess-reply.ts';
import { customerMessage, pick, readCase, splitCases } from '../../../sandbox/support-desk/customer-messages.ts';
import { deskPrompts } from '../../../sandbox/support-desk/prompts.ts';
import { reply, replyKinds } from '../../../sandbox/support-desk/replies.ts';
import { decode, encode, special, vocabulary } from '../../../sandbox/support-desk/vocabulary.ts';

const random = randomFor('support-desk test');
const cases = Object.values(splitCases()).flat();
const written = Array.from({ length: 2000 }, (_, index) => {
  const one = pick(cases, random);
  const kind = replyKinds[index % replyKinds.length] ?? 'good';
  return { ...one, kind, customer: customerMessage(one, random), reply: reply(kind, one, random) };
});

describe('the language', () => {
  test('has fewer than 200 words and gives every text back as it was', () => {
    const texts = written.flatMap((one) => [one.customer, one.reply]);

    expect(vocabulary.length).toBeLessThan(200);
    expect(texts.filter((text) => encode(text).includes(special.unknown))).toEqual([]);
    expect(texts.map((text) => decode(encode(text)))).toEqual(texts);
  });

  test('replies fit the room that the context leaves them', () => {
    const longest = Math.max(...written.map((one) => encode(one.reply).length + 1));

    expect(longest).toBeLessThanOrEqual(responseLimit);
  });
});

describe('assessment by rule', () => {
  test('tells case and kind of every generated text', () => {
    for (const { item, issue, kind, customer, reply } of written) {
      const seen = assessReply(customer, reply);
      expect(readCase(customer)).toEqual({ item, issue });
      expect({ kind, reply, complete: seen.complete }).toEqual({ kind, reply, complete: kind === 'good' });
      expect({ reply, rude: seen.rude }).toEqual({ reply, rude: kind === 'rude' });
      expect({ reply, wrongItem: seen.wrongItem }).toEqual({ reply, wrongItem: kind === 'wrong-item' });
      if (kind === 'vague') expect(seen.vague).toBe(true);
    }
  });

  test('agrees with the checks of held-out prompts', () => {
    for (const { item, issue, customer, reply } of written) {
      const byChecks = isFullyRight(runChecks(fullChecks(item, issue), reply));
      expect(assessReply(customer, reply).complete).toBe(byChecks);
    }
  });
});

describe('the shipped prompts', () => {
  test.each([
    ['train', 192],
    ['held-out', 256],
  ] as const)('%s: the file is what the script writes', (part, count) => {
    const file = readFileSync(new URL(`../../../skills/support-desk/prompts-${part}.jsonl`, import.meta.url), 'utf8');
    const prompts = file
      .trim()
      .split('\n')
      .map((line) => promptSchema.parse(JSON.parse(line)));

    expect(prompts).toEqual(deskPrompts(part, count));
  });

  test('no held-out text or case is in train', () => {
    const [train, heldOut] = [deskPrompts('train', 192), deskPrompts('held-out', 256)];
    const tags = new Set(train.map((prompt) => String(prompt.tags)));
    const texts = new Set(train.map((prompt) => prompt.messages[0]?.content));

    expect(heldOut.filter((prompt) => tags.has(String(prompt.tags)))).toEqual([]);
    expect(heldOut.filter((prompt) => texts.has(prompt.messages[0]?.content ?? ''))).toEqual([]);
  });
});
