import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contentHash } from '../../../core/random.ts';
import { positionTable } from '../../../lib/loop-file/position-table.ts';

test('a table is a map that keeps the first position, whatever is put into it', () => {
  const seen = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 4 }), { maxLength: 200 });
  fc.assert(
    fc.property(seen, (texts) => {
      const table = positionTable();
      const map = new Map<string, number>();
      texts.forEach((text, position) => {
        expect(table.add(contentHash(text), position)).toBe(map.get(text));
        if (!map.has(text)) map.set(text, position);
      });
      for (const text of [...texts, 'none']) expect(table.find(contentHash(text))).toBe(map.get(text));
    }),
  );
});

test('it finds each of 100,000 again, after it has grown many times', () => {
  const table = positionTable();
  const hashes = Array.from({ length: 100_000 }, (_, position) => contentHash(`prompt ${position}`));
  hashes.forEach((hash, position) => {
    table.add(hash, position);
  });

  expect(hashes.filter((hash, position) => table.find(hash) !== position)).toEqual([]);
  expect(table.find(contentHash('another'))).toBeUndefined();
});

test('hashes that begin alike are told apart, and a hash of zeros is one too', () => {
  const table = positionTable();
  const [zeros, last] = ['0'.repeat(32), `${'0'.repeat(23)}1${'0'.repeat(8)}`];

  expect([table.find(zeros), table.add(zeros, 0), table.add(last, 1)]).toEqual([undefined, undefined, undefined]);
  expect([table.find(zeros), table.find(last)]).toEqual([0, 1]);
});
