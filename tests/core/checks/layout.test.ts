import { expect, test } from '@jest/globals';
import type { Check } from '../../../core/checks/check.ts';
import { passes } from './passes.ts';

test.each<[Check, string, boolean]>([
  [{ kind: 'bullets', min: 2, max: 2 }, '* one\n  - two', true],
  [{ kind: 'bullets', min: 2, max: 2 }, '* one\n** bold\nword - dash', false],
  [{ kind: 'bullets', max: 0 }, 'well-known', true],
  [{ kind: 'sections', title: 'Section', min: 2 }, 'Section 1\na\nSection2\nb', true],
  [{ kind: 'sections', title: 'Section', min: 2 }, 'SECTION 1\na\nSection 2\nb', false],
  [{ kind: 'sections', title: 'Section', min: 1 }, 'Section one', false],
  [{ kind: 'highlights', min: 2 }, '*one* and **two**', true],
  [{ kind: 'highlights', min: 1 }, '** ** and *\n*', false],
  [{ kind: 'placeholders', min: 2 }, 'Dear [name], [date]', true],
  [{ kind: 'placeholders', min: 1 }, 'Dear [na\nme]', false],
  [{ kind: 'title' }, 'A <<poem of joy>> here', true],
  [{ kind: 'title' }, 'A << >> and <poem>', false],
  [{ kind: 'postscript', marker: 'P.S.' }, 'Bye.\np. s. One more', true],
  [{ kind: 'postscript', marker: 'P.S.' }, 'Bye. PS One more', false],
  [{ kind: 'postscript', marker: 'P.P.S' }, 'Bye. P.P.S One more', true],
  [{ kind: 'postscript', marker: 'P.P.S' }, 'Bye. P.S. One more', false],
  [{ kind: 'quoted' }, ' "One\ntwo" ', true],
  [{ kind: 'quoted' }, '"One" he said', false],
  [{ kind: 'quoted' }, '"', false],
])('%j of %j: %s', (check, text, passed) => {
  expect(passes(check, text)).toBe(passed);
});
