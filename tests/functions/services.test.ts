import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CredentialRefused, InvalidInput } from '../../core/errors.ts';
import type { Loop } from '../../core/loop.ts';
import { createServices } from '../../functions/services.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { sampleRequest } from '../providers/student-contract.ts';
import { teacherRequest } from '../providers/teacher-contract.ts';
import { runOf } from './shard-fixture.ts';

const key = 'sk-very-secret-1234567890';
/** Refuses everybody, and repeats the key it was given, as some endpoints do. */
const endpoint: Server = createServer((request, response) => {
  const message = `Incorrect API key provided: ${request.headers.authorization}`;
  response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message } }));
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  endpoint.close();
});

function loopAt(address: string, apiKeyEnv?: string): Loop {
  const { loop } = runOf();
  const at = { endpoint: address, apiKeyEnv };
  return {
    ...loop,
    student: { ...loop.student, ...at },
    teacher: { ...loop.teacher, ...at },
    trainer: { ...loop.trainer, ...at },
  };
}

const servicesIn = (environment: Record<string, string>) => createServices({ store: new MemoryStore(), environment });
const uses = [
  ['student', (loop, services) => services.student(loop, 'base').sample(sampleRequest)],
  ['teacher', (loop, services) => services.teacher(loop).ask(teacherRequest)],
  ['trainer', (loop, services) => services.trainer(loop).get('job-1')],
] as const satisfies [string, (loop: Loop, services: ReturnType<typeof createServices>) => Promise<unknown>][];

describe.each(uses)('the services of a %s', (_, use) => {
  test.each([[{}], [{ DESK_KEY: '' }], [{ DESK_KEY: ' \n' }]])(
    'in %j want the key, and name the variable',
    async (environment) => {
      const using = async () => use(loopAt(url, 'DESK_KEY'), servicesIn(environment as Record<string, string>));

      await expect(using()).rejects.toThrow(CredentialRefused);
      await expect(using()).rejects.toThrow(
        'The environment variable DESK_KEY, which apiKeyEnv names in the loop file, is not set.',
      );
    },
  );

  test('show the key in no error, not even where the endpoint repeats it', async () => {
    const error = await use(loopAt(url, 'DESK_KEY'), servicesIn({ DESK_KEY: key })).catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(CredentialRefused);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(key);
  });

  test('say what to do where the loop wants the sandbox and none runs', async () => {
    const using = async () => use(loopAt('sandbox'), servicesIn({}));

    await expect(using()).rejects.toThrow(InvalidInput);
    await expect(using()).rejects.toThrow('ratchet sandbox');
  });
});

test('what an endpoint refuses is remembered: one object for each model', () => {
  const services = servicesIn({});
  const loop = loopAt(url);

  expect(services.student(loop, 'a')).toBe(services.student(loop, 'a'));
  expect(services.student(loop, 'a')).not.toBe(services.student(loop, 'b'));
  expect(services.teacher(loop)).toBe(services.teacher(loop));
});
