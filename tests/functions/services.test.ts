import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CredentialRefused, InvalidInput, ProviderOverloaded } from '../../core/errors.ts';
import type { Loop } from '../../core/loop.ts';
import { Invocation } from '../../functions/invocation.ts';
import { createServices } from '../../functions/services.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { sampleRequest } from '../providers/student-contract.ts';
import { teacherRequest } from '../providers/teacher-contract.ts';
import { trainingRequest } from '../providers/trainer-contract.ts';
import { runOf } from './shard-fixture.ts';

const key = 'sk-very-secret-1234567890';
const JSON_TYPE = { 'content-type': 'application/json' };
const endpoint: Server = createServer((request, response) =>
  request.url?.startsWith('/busy/') ? sayBusyOnce(request, response) : refuse(request, response),
);
let url: string;
let busyUrl: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  const { port } = endpoint.address() as AddressInfo;
  url = `http://127.0.0.1:${port}/v1`;
  busyUrl = `http://127.0.0.1:${port}/busy`;
});
beforeEach(() => {
  authorizations.length = 0;
});
afterAll(() => {
  endpoint.close();
});

/** Of every request of a test, in order. */
const authorizations: (string | undefined)[] = [];

/** Refuses everybody, and repeats the key it was given, as some endpoints do. */
function refuse({ headers }: IncomingMessage, response: ServerResponse): void {
  authorizations.push(headers.authorization);
  const message = `Incorrect API key provided: ${headers.authorization}`;
  response.writeHead(401, JSON_TYPE).end(JSON.stringify({ error: { message } }));
}

/** Answers the second request, whatever it is. */
function sayBusyOnce({ headers }: IncomingMessage, response: ServerResponse): void {
  const isFirst = authorizations.push(headers.authorization) === 1;
  if (isFirst) response.writeHead(429, { ...JSON_TYPE, 'retry-after': '0' }).end('{"error":{"message":"busy"}}');
  else response.writeHead(200, JSON_TYPE).end('{"id":"job-1","status":"queued","choices":[{"message":{}}]}');
}

function loopAt(address: string, apiKeyEnv?: string): Loop {
  const { loop } = runOf();
  const at = { endpoint: address, apiKeyEnv };
  return {
    ...loop,
    student: { ...loop.student, ...at },
    teacher: { ...loop.teacher, ...at },
    trainer: { ...loop.trainer!, ...at },
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

test('each loop uses its own key, also at an endpoint and a model of another', async () => {
  const services = servicesIn({ DESK_KEY: 'sk-of-the-desk', SHOP_KEY: 'sk-of-the-shop' });

  for (const loop of [loopAt(url, 'DESK_KEY'), loopAt(url, 'SHOP_KEY'), loopAt(url)]) {
    await expect(services.student(loop, 'base').sample(sampleRequest)).rejects.toThrow(CredentialRefused);
    await expect(services.teacher(loop).ask(teacherRequest)).rejects.toThrow(CredentialRefused);
  }

  const [desk, shop] = ['Bearer sk-of-the-desk', 'Bearer sk-of-the-shop'];
  expect(authorizations).toEqual([desk, desk, shop, shop, undefined, undefined]);
});

describe('calls at once, where 2 shards are worked on at once', () => {
  const shards = { prompts: 10, atOnce: 2 };
  const loopOf = (at: string): Loop => {
    const model = { endpoint: at, callsAtOnce: 8 };
    const { loop } = runOf();
    return { ...loop, student: { ...loop.student, ...model }, teacher: { ...loop.teacher, ...model }, shards };
  };

  test.each([
    ['are all of one process that works on both', undefined, 8],
    ['are shared by the functions, which have a process for each', new Invocation(), 4],
  ])('%s', async (_, invocation, most) => {
    const crowd = await startCrowd(most);
    const services = createServices({ store: new MemoryStore(), environment: {}, invocation });
    const student = services.student(loopOf(crowd.url), 'base');

    await Promise.all(Array.from({ length: 16 }, () => student.sample({ ...sampleRequest, count: 1 })));

    expect(crowd.most).toBe(most);
    crowd.close();
  });
});

/** Answers when so many wait; whoever comes in the moment after would be one too many, and is counted. */
async function startCrowd(size: number) {
  const waiting: ServerResponse[] = [];
  let most = 0;
  const server = createServer((_, response) => {
    waiting.push(response);
    most = Math.max(most, waiting.length);
    if (waiting.length === size) setTimeout(() => waiting.splice(0).forEach(answerOne), 30);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get most() {
      return most;
    },
    close: () => server.close(),
  };
}

function answerOne(response: ServerResponse): void {
  const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello.' } }];
  response
    .writeHead(200, JSON_TYPE)
    .end(JSON.stringify({ id: 'c', object: 'chat.completion', model: 'base', choices }));
}

describe('a busy endpoint', () => {
  test('is asked again by a student', async () => {
    await servicesIn({})
      .student(loopAt(busyUrl), 'base')
      .sample({ ...sampleRequest, count: 1 });

    expect(authorizations).toHaveLength(2);
  });

  test('is asked again by a teacher', async () => {
    await servicesIn({}).teacher(loopAt(busyUrl)).ask(teacherRequest);

    expect(authorizations).toHaveLength(2);
  });

  test('is not asked again for a training job: it may have made one', async () => {
    const creating = servicesIn({}).trainer(loopAt(busyUrl)).create(trainingRequest);

    await expect(creating).rejects.toThrow(ProviderOverloaded);
    expect(authorizations).toHaveLength(1);
  });
});
