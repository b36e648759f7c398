/**
 * The arithmetic of a `multi` grader's `calculate_output`: numbers, names of graders, + - * / and brackets.
 * Read by recursive descent; never by the language's own evaluator, because the text comes over the wire.
 */
export type Expression = (values: Readonly<Record<string, number>>) => number;

/** Throws a SyntaxError for anything else; a value that is missing makes the result NaN. */
export function parseExpression(text: string): Expression {
  const tokens = text.match(/\d+(?:\.\d+)?|[A-Za-z_]\w*|\S/g) ?? [];
  let at = 0;
  const take = (...wanted: string[]): string | undefined =>
    wanted.includes(tokens[at] ?? '') ? tokens[at++] : undefined;

  function sum(): Expression {
    let left = product();
    for (let sign = take('+', '-'); sign; sign = take('+', '-')) {
      const [a, b, plus] = [left, product(), sign === '+'];
      left = (values) => (plus ? a(values) + b(values) : a(values) - b(values));
    }
    return left;
  }

  function product(): Expression {
    let left = atom();
    for (let sign = take('*', '/'); sign; sign = take('*', '/')) {
      const [a, b, times] = [left, atom(), sign === '*'];
      left = (values) => (times ? a(values) * b(values) : a(values) / b(values));
    }
    return left;
  }

  function atom(): Expression {
    if (take('-')) {
      const inner = atom();
      return (values) => -inner(values);
    }
    if (take('(')) {
      const inner = sum();
      if (!take(')')) throw new SyntaxError(`a bracket stays open in ${text}`);
      return inner;
    }
    const token = tokens[at++];
    if (token && /^\d/.test(token)) return () => Number(token);
    if (token && /^[A-Za-z_]/.test(token))
      return (values) => (Object.hasOwn(values, token) ? (values[token] ?? NaN) : NaN);
    throw new SyntaxError(`expected a number or a name, found ${token ?? 'the end'} in ${text}`);
  }

  const whole = sum();
  if (at < tokens.length) throw new SyntaxError(`unexpected ${tokens[at]} in ${text}`);
  return whole;
}

/** The names that an expression reads. */
export function namesIn(text: string): string[] {
  return [...new Set(text.match(/[A-Za-z_]\w*/g) ?? [])];
}
