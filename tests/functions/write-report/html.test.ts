import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { html, trusted } from '../../../functions/write-report/html.ts';
import { unescaped } from './page-text.ts';

describe('markup from a template', () => {
  test('text can neither open a tag nor leave an attribute, and is read as it was written', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('</p>', '"', "'", '&lt;', '\ud800')),
        (text) => {
          const { markup } = html`<p title="${text}">${text}</p>`;

          expect(markup.match(/[<>"']/g)!.join('')).toBe('<"">' + '<>');
          expect(unescaped(markup)).toBe(`<p title="${text.toWellFormed()}">${text.toWellFormed()}</p>`);
        },
      ),
    );
  });

  test('markup stays, lists are joined, and what is missing leaves nothing', () => {
    const items = ['a', 'b'].map((name) => html`<li>${name}</li>`);

    expect(html`<ul>${items}${null}${undefined}${false}${0}</ul>`.markup).toBe('<ul><li>a</li><li>b</li>0</ul>');
    expect(html`${trusted('<hr>')}`.markup).toBe('<hr>');
  });
});
