import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CredentialRefused } from '../../../core/errors.ts';
import { bedrockKeys } from '../../../providers/bedrock/bedrock-keys.ts';

const runtime = 'https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1';
const mantle = 'https://bedrock-mantle.us-west-2.api.aws/v1';
const MINUTE = 60_000;
const begin = Date.parse('2026-11-25T09:00:00Z');

/** Credentials that count who asks for them, and expire after so many minutes. */
function worldWith(expiresAfter?: number) {
  const world = { at: begin, asked: 0, fails: undefined as Error | undefined, expiresAfter };
  const credentials = async () => {
    world.asked++;
    await Promise.resolve();
    if (world.fails) throw world.fails;
    const lasting = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'planted-secret-access-key' };
    if (world.expiresAfter === undefined) return lasting;
    return { ...lasting, sessionToken: 'session', expiration: new Date(begin + world.expiresAfter * MINUTE) };
  };
  const keyOf = bedrockKeys({ environment: {}, now: () => new Date(world.at), credentials });
  return { world, keyOf, token: () => keyOf(runtime)!.apiKey() };
}

function lifetimeOf(token: string): { begins: number; seconds: number } {
  const query = new URLSearchParams(
    Buffer.from(token.replace('bedrock-api-key-', ''), 'base64').toString().split('?')[1],
  );
  const begins = query.get('X-Amz-Date')!.replace(/(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)/, '$1-$2-$3:$4:$5');
  return { begins: Date.parse(begins), seconds: Number(query.get('X-Amz-Expires')) };
}

test('an endpoint that is not of Bedrock gets no token', () => {
  expect(worldWith().keyOf('https://api.openai.com/v1')).toBeUndefined();
});

describe('a token', () => {
  test('is made once, however many ask for it at a time, at either host of the region', async () => {
    const { world, keyOf, token } = worldWith();

    const tokens = await Promise.all([token(), token(), keyOf(mantle)!.apiKey()]);

    expect(new Set(tokens).size).toBe(1);
    expect(world.asked).toBe(1);
  });

  test('is another in another region', async () => {
    const { keyOf, token } = worldWith();

    expect(await keyOf('https://bedrock-mantle.us-east-1.api.aws/v1')!.apiKey()).not.toBe(await token());
  });

  test('is used for 10 minutes, and then another is made', async () => {
    const { world, token } = worldWith();
    const first = await token();
    world.at += 10 * MINUTE - 1;

    expect(await token()).toBe(first);

    world.at += 1;

    expect(await token()).not.toBe(first);
    expect(world.asked).toBe(2);
  });

  test('lives an hour', async () => {
    expect(lifetimeOf(await worldWith().token())).toEqual({ begins: begin, seconds: 3600 });
  });

  test('that could not be made is tried again by who asks next', async () => {
    const { world, token } = worldWith();
    world.fails = new CredentialRefused('No credentials.');
    await expect(token()).rejects.toBe(world.fails);
    world.fails = undefined;

    expect(await token()).toMatch(/^bedrock-api-key-/);
  });

  test('lives no longer than the credentials, and is used no longer either, whatever the clock says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 720 }),
        fc.array(fc.nat({ max: 15 * MINUTE })),
        async (expiresAfter, steps) => {
          const { world, token } = worldWith(expiresAfter);
          for (const step of steps) {
            world.at += step;
            // The chain renews credentials five minutes before they expire.
            if (world.at > begin + ((world.expiresAfter ?? 0) - 5) * MINUTE)
              world.expiresAfter = (world.at - begin) / MINUTE + 30;
            const { begins, seconds } = lifetimeOf(await token());
            const ends = begins + seconds * 1000;

            expect(ends).toBeLessThanOrEqual(begin + world.expiresAfter! * MINUTE);
            expect(ends).toBeGreaterThan(world.at);
            expect(world.at - begins).toBeLessThanOrEqual(10 * MINUTE + 1000);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test.each([[-1], [0], [0.4], [Number.NaN]])('is not made of credentials that end in %d minutes', async (minutes) => {
    const { token } = worldWith(minutes);

    await expect(token()).rejects.toThrow(CredentialRefused);
    await expect(token()).rejects.toThrow('The AWS credentials for Bedrock have expired. Sign in again');
  });
});
