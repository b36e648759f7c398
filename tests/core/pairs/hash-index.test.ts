import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HashIndex } from '../../../core/pairs/hash-index.ts';
import { contentHash } from '../../../core/random.ts';

/** Few different words, so that hashes share their slots and all but one of their words. */
const word = fc.constantFrom('00000000', '00000001', '00000080', 'ffffffff');
const anyHash = fc.tuple(word, word, word, word).map((words) => words.join(''));

test('hashes are numbered in the order in which they first come, and found again', () => {
  const like = fc.property(fc.array(anyHash, { maxLength: 300 }), anyHash, (hashes, other) => {
    const index = new HashIndex();
    const first = [...new Set(hashes)];

    expect(hashes.map((hash) => index.add(hash))).toEqual(hashes.map((hash) => first.indexOf(hash)));
    expect(first.map((_, number) => index.at(number))).toEqual(first);
    expect(index.has(other)).toBe(first.includes(other));
  });
  fc.assert(like);
});

test('thousands of them keep their numbers while it grows', () => {
  const index = new HashIndex();
  const hashes = Array.from({ length: 5_000 }, (_, number) => contentHash(`${number}`));
  for (const hash of hashes) index.add(hash);

  expect(hashes.map((hash) => index.add(hash))).toEqual([...hashes.keys()]);
  expect(hashes.every((hash) => index.has(hash))).toBe(true);
  expect(index.has(contentHash('another'))).toBe(false);
});
