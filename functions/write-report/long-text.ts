import { type Html, html } from './html.ts';
import { count } from './numbers.ts';

/** What is seen before a click, and what is in the page at all; the whole text is in report.json. */
const shown = { characters: 420, lines: 8 };
const limit = 4000;

/** Text of a prompt, a response or a critique, as written: wrapped, in its own direction, the long ones behind a click. */
export function longText(text: string): Html {
  if (text.trim() === '') return html`<p class="text muted">(empty)</p>`;
  const characters = [...text];
  const head = firstLines(characters.slice(0, shown.characters).join(''));
  if (head.length === text.length) return html`<p class="text" dir="auto">${text}</p>`;
  const rest = characters.slice([...head].length, limit).join('');
  const beyond = characters.length - limit;
  return html`<details class="long">
<summary><span class="text" dir="auto">${head}</span><span class="more">Show all ${count(characters.length)} characters</span></summary>
<p class="text" dir="auto">${rest}</p>
${beyond > 0 && html`<p class="muted small">… and ${count(beyond)} more characters, in report.json.</p>`}
</details>`;
}

function firstLines(text: string): string {
  return text.split('\n').slice(0, shown.lines).join('\n');
}
