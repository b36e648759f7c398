import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Check } from '../../../core/checks/check.ts';
import { sentencesOf } from '../../../core/text/sentences.ts';
import { pieceCount, wordCount } from '../../../core/text/words.ts';
import { passes } from './passes.ts';

describe('words', () => {
  test.each([
    ['', 0],
    ['  \n ', 0],
    ['— … !', 0],
    ['one - two', 2],
    ["don't stop", 2],
    ['привет, мир', 2],
    ['3 items', 2],
    ['我喜欢学习中文', 4],
    ['東京は日本の首都です。', 6],
    ['สวัสดีชาวโลก', 3],
    ['The word 学习 and one more', 6],
    ['한국어 단어', 2],
  ])('%j has %d', (text, count) => {
    expect(wordCount(text)).toBe(count);
  });

  test('are split by punctuation where that is asked for', () => {
    expect(pieceCount("don't stop: well-known, snake_case")).toBe(6);
    expect(passes({ kind: 'words', max: 1, split: 'punctuation' }, "don't")).toBe(false);
    expect(passes({ kind: 'words', max: 1 }, "don't")).toBe(true);
  });

  test('are counted inclusively', () => {
    const check: Check = { kind: 'words', min: 2, max: 3 };

    expect(['one', 'one two', 'one two three', 'one two three four'].map((text) => passes(check, text))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('of two texts add up', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
        expect(wordCount(`${one} ${other}`)).toBe(wordCount(one) + wordCount(other));
      }),
    );
  });
});

describe('sentences', () => {
  test.each<[string, string[]]>([
    ['', []],
    ['One', ['One']],
    ['One. Two? Three!', ['One.', 'Two?', 'Three!']],
    ['Mr. Smith met Dr. Who. They talked.', ['Mr. Smith met Dr. Who.', 'They talked.']],
    ['It costs 3.50 today. Buy it.', ['It costs 3.50 today.', 'Buy it.']],
    ['(One.) Two.', ['(One.)', 'Two.']],
    ['He said "No." Then he left.', ['He said "No."', 'Then he left.']],
    ['What?! Yes.', ['What?!', 'Yes.']],
    ['He waited ... and left.', ['He waited ... and left.']],
    ['She lives in the U.S. The end.', ['She lives in the U.S.', 'The end.']],
    ['J. Bach wrote it. I like it.', ['J. Bach wrote it.', 'I like it.']],
    ['1. Start here.\n2. Then stop.', ['1.', 'Start here.', '2.', 'Then stop.']],
    ['one.two', ['one.two']],
  ])('of %j are %j', (text, sentences) => {
    expect(sentencesOf(text)).toEqual(sentences);
  });

  test('hold the whole text but the white space between them', () => {
    const piece = fc.constantFrom(
      'Mr.',
      'dr.',
      'U.S.',
      '3.',
      'A.',
      'the',
      'Then',
      '...',
      '."',
      '?!',
      ')',
      '(',
      '\n',
      ' ',
      '--',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join(' ');

        expect(sentencesOf(text).join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('characters, paragraphs and parts', () => {
  test.each<[Check, string, boolean]>([
    [{ kind: 'characters', max: 3 }, ' abc\n', true],
    [{ kind: 'characters', max: 3 }, 'abcd', false],
    [{ kind: 'characters', min: 2 }, ' a ', false],
    [{ kind: 'paragraphs', min: 2, max: 2 }, 'one\nstill one\n \ntwo\n\n', true],
    [{ kind: 'paragraphs', min: 2 }, 'one\ntwo', false],
    [{ kind: 'parts', divider: '***', min: 2, max: 2 }, 'one\n***\ntwo', true],
    [{ kind: 'parts', divider: '***', min: 2, max: 2 }, '***\none\n***\ntwo\n***', true],
    [{ kind: 'parts', divider: '***', min: 2, max: 2 }, 'one\n***\n\n***\ntwo', false],
    [{ kind: 'parts', divider: '******', min: 2, max: 2, different: true }, 'one ****** two', true],
    [{ kind: 'parts', divider: '******', min: 2, max: 2, different: true }, 'one ****** one', false],
    [{ kind: 'parts', divider: '******', min: 2, max: 2 }, 'one ****** one', true],
    [{ kind: 'paragraph-start', paragraph: 2, of: 2, word: 'however' }, 'One.\n\n"However, two.', true],
    [{ kind: 'paragraph-start', paragraph: 2, of: 2, word: 'however' }, 'One.\n\nHow, two.', false],
    [{ kind: 'paragraph-start', paragraph: 2, of: 2, word: 'however' }, 'One.\n\nHowever.\n\nThree.', false],
    [{ kind: 'paragraph-start', paragraph: 1, of: 1, word: 'one' }, 'One', true],
  ])('%j of %j: %s', (check, text, passed) => {
    expect(passes(check, text)).toBe(passed);
  });
});
