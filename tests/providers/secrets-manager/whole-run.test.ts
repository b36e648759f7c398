import { describe, expect, test } from '@jest/globals';
import { keys } from '../../../core/artifact-keys.ts';
import { type Life, runIn, type SecretRun } from './secret-run.ts';
import { awsEnvironment } from './secrets-server.ts';

const OLD = 'sk-planted-old-0123456789';
const NEW = 'sk-planted-new-0123456789';

/** No key of the endpoint, and none of AWS, stands anywhere. */
function expectNoKeyIn({ everything }: SecretRun): void {
  for (const planted of [OLD, NEW, 'planted-old', 'planted-new', awsEnvironment.AWS_SECRET_ACCESS_KEY]) {
    expect(everything).not.toContain(planted);
  }
}

describe('a whole run with its key in Secrets Manager', () => {
  test('ends with its dataset, though the key is rotated on the way and the endpoint repeats it in its errors', async () => {
    let accepted = OLD;
    const run = await runIn({
      secret: () => ({ SecretString: JSON.stringify({ OPENAI_API_KEY: accepted }) }),
      isTaken: (key) => key === accepted,
      misfortune: (number) => {
        if (number === 25) accepted = NEW;
        return { 3: 429, 10: 500, 30: 503, 40: 429 }[number];
      },
    });

    expect(run.end).toEqual({ kind: 'ended', ending: 'dataset-ready' });
    expect(run.asked).toBe(2);
    expect(run.printed).toContain('"message":"done"');
    expect(run.store.objects.has(keys.report('run-1'))).toBe(true);
    expectNoKeyIn(run);
  });

  const failing: readonly [string, Life, string, RegExp][] = [
    [
      'the endpoint takes no key of it',
      { secret: () => ({ SecretString: OLD }), isTaken: () => false },
      'CredentialRefused',
      /answered to the key OPENAI_API_KEY in the secret ratchet\/openai: 401 No, not with the key \[key\]/,
    ],
    [
      'the endpoint forbids',
      { secret: () => ({ SecretString: OLD }), isTaken: () => true, misfortune: () => 403 },
      'CredentialRefused',
      /to the key OPENAI_API_KEY in the secret ratchet\/openai: 403 .*\[key\]/,
    ],
    [
      'the endpoint is broken for good',
      { secret: () => ({ SecretString: OLD }), isTaken: () => true, misfortune: () => 500 },
      'ProviderOverloaded',
      /answered 500 No, not with the key \[key\]/,
    ],
    [
      'the secret is gone',
      { secret: () => ({ status: 400, type: 'ResourceNotFoundException' }), isTaken: () => true },
      'CredentialRefused',
      /The key OPENAI_API_KEY could not be read from the secret ratchet\/openai: there is no such secret/,
    ],
    [
      'the secret holds something else',
      { secret: () => ({ SecretString: `{"a": "${OLD}", "b": "${NEW}"}` }), isTaken: () => true },
      'CredentialRefused',
      /The secret ratchet\/openai holds no key for OPENAI_API_KEY: it has 2 fields, and none of that name/,
    ],
    [
      'the secret is cut off',
      { secret: () => ({ SecretString: `{"OPENAI_API_KEY": "${OLD}` }), isTaken: () => true },
      'CredentialRefused',
      /it begins with \{ and is not valid JSON/,
    ],
    [
      'Secrets Manager is throttled for good',
      { secret: () => ({ status: 400, type: 'ThrottlingException' }), isTaken: () => true },
      'ProviderOverloaded',
      /from the secret ratchet\/openai: Secrets Manager does not answer as it should \(ThrottlingException/,
    ],
    [
      'the key was rotated to something that is none',
      {
        secret: (question) => ({ SecretString: question === 0 ? OLD : `${NEW} ${NEW}` }),
        isTaken: () => false,
      },
      'CredentialRefused',
      /holds no key for OPENAI_API_KEY: there are spaces/,
    ],
  ];
  test.each(failing)('fails by name, shown nowhere with its key, where %s', async (_, life, name, cause) => {
    const run = await runIn(life);

    expect(run.end).toEqual({ kind: 'failed', error: name, cause: expect.stringMatching(cause) });
    expect(run.printed).toContain('"message":"failed"');
    expect(run.store.objects.get(keys.failure('run-1'))).toMatch(name);
    expectNoKeyIn(run);
  });
});
