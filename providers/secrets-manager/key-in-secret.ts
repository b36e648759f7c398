import { CredentialRefused } from '../../core/errors.ts';
import { secretName } from './secret-name.ts';

/** What can stand in a header, and in JSON as it is. */
const KEY = /^[!#-[\]-~]+$/;

/**
 * The key in a secret's text: the text itself, or JSON with a field that is named like the variable, or with one field.
 * Throws CredentialRefused, which says what is wrong and never what stands there.
 */
export function keyInSecret(text: string, variable: string, id: string): string {
  const refuse = (problem: string) => {
    const form = `Store the key alone, or JSON such as {"${variable}": "the key"}.`;
    return new CredentialRefused(`The secret ${secretName(id)} holds no key for ${variable}: ${problem}. ${form}`);
  };
  const key = text.trim().startsWith('{') ? fieldIn(text, variable, refuse) : text.trim();
  if (key === '') throw refuse('it is empty');
  if (!KEY.test(key)) throw refuse('there are spaces, quotes or line breaks in it, or letters that no key has');
  return key;
}

function fieldIn(text: string, variable: string, refuse: (problem: string) => CredentialRefused): string {
  const fields = objectIn(text);
  if (fields === undefined) throw refuse('it begins with { and is not valid JSON');
  const names = Object.keys(fields);
  const name = names.length === 1 ? names[0] : variable;
  const key = name !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (key === undefined) throw refuse(`it has ${names.length} fields, and none of that name`);
  if (typeof key !== 'string') throw refuse('the field is no text');
  return key.trim();
}

/** A parser's complaint quotes what it read, so it goes no further. */
function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
