import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Prompt } from '../../core/prompt.ts';
import { conversationHash, splitHeldOut } from '../../core/split-held-out.ts';

function prompt(id: string, content: string): Prompt {
  return { id, messages: [{ role: 'user', content }] };
}
const many = Array.from({ length: 2000 }, (_, index) => prompt(`p-${index}`, `Where is parcel ${index}?`));
const prompts = fc.array(fc.record({ id: fc.string(), content: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f') }));

describe('splitting off held-out prompts', () => {
  test.each([0.05, 0.2, 0.5, 0.9])('holds out about the share %d', (share) => {
    const { heldOut } = splitHeldOut(many, share);

    expect(Math.abs(heldOut.length / many.length - share)).toBeLessThan(0.03);
  });

  test('loses and adds none, and keeps the order', () => {
    const { train, heldOut } = splitHeldOut(many, 0.2);
    const isHeldOut = new Set(heldOut);

    expect(train).toEqual(many.filter((one) => !isHeldOut.has(one)));
    expect(train.length + heldOut.length).toBe(many.length);
  });

  test('equal conversations stay together, whatever their ids', () => {
    fc.assert(
      fc.property(prompts, fc.double({ min: 0, max: 1, noNaN: true }), (written, share) => {
        const { train, heldOut } = splitHeldOut(
          written.map(({ id, content }) => prompt(id, content)),
          share,
        );

        const held = new Set(heldOut.map(conversationHash));
        expect(train.filter((one) => held.has(conversationHash(one)))).toEqual([]);
      }),
    );
  });

  test('prompts that are added later move no earlier one', () => {
    const before = splitHeldOut(many.slice(0, 500), 0.2);
    const after = splitHeldOut(many.toReversed(), 0.2);

    const heldOut = new Set(after.heldOut);
    expect(before.heldOut.filter((one) => !heldOut.has(one))).toEqual([]);
    expect(before.train.filter((one) => heldOut.has(one))).toEqual([]);
  });

  test('a share of 0 holds out none, a share of 1 all', () => {
    expect(splitHeldOut(many, 0)).toEqual({ train: many, heldOut: [] });
    expect(splitHeldOut(many, 1)).toEqual({ train: [], heldOut: many });
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
