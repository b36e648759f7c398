import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Prompt } from '../../core/prompt.ts';
import { conversationHash, isHeldOut } from '../../core/split-held-out.ts';

function prompt(id: string, content: string): Prompt {
  return { id, messages: [{ role: 'user', content }] };
}
const many = Array.from({ length: 2000 }, (_, index) => conversationHash(prompt('p', `Where is parcel ${index}?`)));
const heldOutOf = (share: number) => many.filter((conversation) => isHeldOut(conversation, share));

describe('holding out', () => {
  test.each([0.05, 0.2, 0.5, 0.9])('takes about the share %d', (share) => {
    expect(Math.abs(heldOutOf(share).length / many.length - share)).toBeLessThan(0.03);
  });

  test('is decided by the conversation alone, and the same each time', () => {
    fc.assert(
      fc.property(fc.string(), fc.double({ min: 0, max: 1, noNaN: true }), (content, share) => {
        const [one, other] = [prompt('a', content), prompt('b', content)].map(conversationHash) as [string, string];

        expect(isHeldOut(one, share)).toBe(isHeldOut(other, share));
      }),
    );
  });

  test('a larger share holds out more, and all that a smaller one does', () => {
    const more = new Set(heldOutOf(0.5));

    expect(heldOutOf(0.2).filter((one) => !more.has(one))).toEqual([]);
  });

  test('a share of 0 holds out none, a share of 1 all', () => {
    expect(heldOutOf(0)).toEqual([]);
    expect(heldOutOf(1)).toEqual(many);
  });
});

describe('the hash of a conversation', () => {
  test('is of the messages alone', () => {
    const plain = prompt('a', 'Hello?');

    expect(conversationHash({ ...plain, id: 'b', reference: 'Hi', tags: ['x'] } as Prompt)).toBe(
      conversationHash(plain),
    );
  });

  test('differs by text and by role', () => {
    const hashes = [
      [{ role: 'user', content: 'Hello?' } as const],
      [{ role: 'user', content: 'Hello!' } as const],
      [{ role: 'system', content: 'Hello?' } as const],
    ].map((messages) => conversationHash({ messages }));

    expect(new Set(hashes).size).toBe(3);
  });
});
