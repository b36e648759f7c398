import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { causeWithoutKey } from '../../../providers/openai-compatible/redact.ts';

const key = 'sk-0123456789';
const errorWith = (parts: object) => Object.assign(new Error('no'), parts);
const shows = (error: unknown) =>
  inspect(error, { depth: 50, showHidden: true, maxStringLength: null, maxArrayLength: null }).includes(key);

describe('a cause with the key somewhere in it is another one without', () => {
  const loop = errorWith({ said: `it was ${key}` });
  const hidden = Object.defineProperty(new Error('no'), 'hidden', { value: key, enumerable: false });
  test.each<[string, unknown]>([
    ['its message', new Error(`The key ${key} is wrong`)],
    ['its stack', errorWith({ stack: `Error: ${key}\n    at somewhere` })],
    ['a property', errorWith({ param: key })],
    ['the name of a property', errorWith({ [key]: 1 })],
    ['a hidden property', hidden],
    ['a cause of its cause', new Error('no', { cause: new Error('no', { cause: { list: [{ said: key }] } }) })],
    ['one of many errors', new AggregateError([new Error('a'), new Error(key)], 'no')],
    ['a header', errorWith({ headers: new Headers({ 'x-debug': `Bearer ${key}` }) })],
    ['a map', errorWith({ map: new Map([['a', new Set([key])]]) })],
    ['what prints itself as something else', errorWith({ said: key, [inspect.custom]: () => 'nothing' })],
    ['an address, which holds it in secret', errorWith({ url: new URL(`http://models.example/${key}`) })],
    ['a cause that leads back to it', Object.assign(loop, { cause: errorWith({ cause: loop }) })],
  ])('%s', (_, error) => {
    const cause = causeWithoutKey(error, key);

    expect(cause).not.toBe(error);
    expect(shows(cause)).toBe(false);
  });
});

test('no printing of a cause shows the key, wherever in it the key is, and one without it stays as it is', () => {
  const value = fc.anything({
    withMap: true,
    withSet: true,
    values: [fc.constantFrom(key, 'a'), fc.string(), fc.nat()],
  });
  fc.assert(
    fc.property(value, (thrown) => {
      const error = errorWith({ thrown });
      const cause = causeWithoutKey(error, key);

      expect(shows(cause)).toBe(false);
      if (!shows(error)) expect(cause).toBe(error);
    }),
    { numRuns: 2_000 },
  );
});

test('a property that can not be read is no reason to fail', () => {
  const error = Object.defineProperty(new Error('no'), 'broken', {
    get: () => {
      throw new Error('broken');
    },
  });

  expect(causeWithoutKey(error, key)).toBe(error);
});

test.each([null, '', 'none', 'ollama'])(
  'nothing is looked for where the key is %j, which is no secret',
  (placeholder) => {
    let printings = 0;
    const error = errorWith({ [inspect.custom]: () => `${++printings}` });

    expect(causeWithoutKey(error, placeholder)).toBe(error);
    expect(printings).toBe(0);

    causeWithoutKey(error, key);
    expect(printings).toBe(1);
  },
);
