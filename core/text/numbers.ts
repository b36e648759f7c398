/**
 * The number that a response answers with. Where it marks its answer (`####` as GSM8K does, arXiv 2110.14168, `A:`, "the
 * answer is", `\boxed{}`), the first number after the last mark, on its line and behind its last `=`; else the last number
 * of all. Currency and percent signs are left aside: `$5` and `5 %` are 5. Behind a mark `3/4`, `1 1/2` and `\frac{3}{4}`
 * are fractions.
 */
export function answeredNumber(text: string): number | undefined {
  const readable = text.replaceAll('{,}', ',').replaceAll('\\,', ',').replaceAll('−', '-');
  return marked(readable) ?? lastNumber(readable);
}

const marks = /####|^[^\S\n]*A:|\banswer(?: is\b|:)|\\boxed\s*\{/gim;
const unsigned = String.raw`(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?`;
/** A sign counts where no letter or digit stands before it: `3-5` ends with 5, `is -5` and `is −5` with -5. */
const numbers = new RegExp(String.raw`(?:(?<![\p{L}\p{N}])-[$€£]?)?${unsigned}`, 'giu');

function marked(text: string): number | undefined {
  const mark = [...text.matchAll(marks)].at(-1);
  if (!mark) return undefined;
  const after = text.slice(mark.index + mark[0].length).trimStart();
  const line = after.split('\n')[0] ?? '';
  const answer = line.slice(line.lastIndexOf('=') + 1);
  return fraction(answer) ?? firstNumber(answer) ?? firstNumber(line);
}

function fraction(answer: string): number | undefined {
  const plain = answer.replace(/\\[dt]?frac\s*\{(\d+)\}\s*\{(\d+)\}/, ' $1/$2');
  const [found, sign, whole = '0', above, below] =
    /^[^\d-]*(-?)\s*(?:(\d+)\s+)?(\d+)\s*\/\s*(\d+)(?![\d/])/.exec(plain) ?? [];
  if (found === undefined || Number(below) === 0) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(whole) + Number(above) / Number(below));
}

function firstNumber(text: string): number | undefined {
  return read(text.match(numbers)?.[0]);
}

function lastNumber(text: string): number | undefined {
  return read(text.match(numbers)?.at(-1));
}

function read(found: string | undefined): number | undefined {
  return found === undefined ? undefined : Number(found.replaceAll(/[,$€£]/g, ''));
}
