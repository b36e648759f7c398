import { describe, expect, test } from '@jest/globals';
import {
  CredentialRefused,
  ProviderAnswerUnreadable,
  ProviderOverloaded,
  ProviderRejectedRequest,
} from '../../core/errors.ts';
import { comparisonQuestion, critiqueQuestion } from '../../core/judging/judge-prompt.ts';
import { judgeResponses } from '../../core/judging/judge-responses.ts';
import { readComparison } from '../../core/judging/read-answer.ts';
import type { Sampled, Student, Teacher, TeacherAnswer, TeacherRequest } from '../../core/ports.ts';
import { noUsage } from '../../core/usage.ts';
import type { CallRecord, RecordedCall } from '../../functions/call-record.ts';
import { paidModels } from '../../functions/paid-models.ts';
import { prompt as judgedPrompt, responseWith, sampledWith, settings } from '../core/judging/judging-fixture.ts';
import { type SampleTurn, ScriptedStudent } from '../fakes/scripted-student.ts';
import { type AskTurn, ScriptedTeacher } from '../fakes/scripted-teacher.ts';
import { prompts, runOf } from './shard-fixture.ts';

const tooLong = new ProviderRejectedRequest('too long', { status: 400 });
const unreadable = Object.assign(new ProviderAnswerUnreadable('half a body'), { sent: 3 });
const broken = new ProviderOverloaded('broken', { status: 500 });
const tokens = { promptTokens: 10, completionTokens: 20 };

/** The calls of one part, as one life after another sees them. */
class Recorded implements CallRecord {
  readonly before = noUsage;
  readonly reused = 0;
  readonly added = 0;
  readonly rows: RecordedCall[] = [];
  find(call: string) {
    const row = this.rows.find((each) => each.call === call);
    return row && { answer: row.answer, isOfThisRun: true };
  }
  async add(row: RecordedCall) {
    this.rows.push(JSON.parse(JSON.stringify(row)));
  }
  async finish() {
    // Nothing waits.
  }
}

function modelsOf(student: Student, teacher: Teacher, record = new Recorded()) {
  return paidModels({
    loop: runOf().loop,
    student: () => student,
    teacher: () => teacher,
    record,
    purse: { setAside: async () => ({ settle: () => undefined }), close: async () => undefined },
    now: () => new Date('2026-11-24T09:00:00Z'),
    insistOnGoingOn: () => undefined,
  });
}

const noStudent = new ScriptedStudent(() => undefined);
const noTeacher = new ScriptedTeacher(() => undefined);

/** Asks about prompt number n, as a step does. */
function asker(student: Student, record?: Recorded) {
  const paid = modelsOf(student, noTeacher, record).student('base');
  const all = prompts(200);
  return (n: number, { count = 2, seed = 1 } = {}) =>
    paid.sample({ prompt: all[n]!, count, seed, temperature: 1, topP: 1, maxTokens: 8 });
}

async function inTurn<T>(numbers: readonly number[], ask: (n: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (const n of numbers) answers.push(await ask(n));
  return answers;
}

const askAtOnce = (student: Student, numbers: readonly number[]) => {
  const ask = asker(student);
  return numbers.map((n) => ask(n));
};
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const scripted = (turn: (n: number) => SampleTurn) =>
  new ScriptedStudent(({ prompt }) => turn(Number(prompt.id.slice('p-'.length))));
/** Answers all but these. */
const failingOn = (error: Error, fails: (n: number) => boolean) => scripted((n) => (fails(n) ? error : ['a', 'b']));
const isAnswered = ({ texts }: Sampled) => texts[0]?.finish === 'stop';

/** A student whose calls end when, and as, the test says. */
function heldStudent() {
  const ends = new Map<string, PromiseWithResolvers<Sampled>>();
  const endOf = (prompt: string) => {
    const end = ends.get(prompt) ?? Promise.withResolvers<Sampled>();
    ends.set(prompt, end);
    return end;
  };
  const student: Student = { model: noStudent.model, sample: ({ prompt }) => endOf(prompt.id).promise };
  return {
    student,
    answer: (n: number) => endOf(`p-${n}`).resolve({ texts: [{ text: 'a', finish: 'stop' }], tokens, calls: 1 }),
    fail: (n: number, error: Error) => endOf(`p-${n}`).reject(error),
  };
}

describe('a request that is refused for what is in it', () => {
  test('costs its prompt and not the others', async () => {
    const answers = await inTurn([0, 1, 2], asker(failingOn(tooLong, (n) => n === 1)));

    expect(answers[1]).toMatchObject({ texts: Array(2).fill({ text: '', finish: 'rejected' }), calls: 0 });
    expect(answers.map(isAnswered)).toEqual([true, false, true]);
  });

  test('is not recorded, for it costs nothing: a resumed shard asks again', async () => {
    const record = new Recorded();
    await inTurn(
      [0, 1],
      asker(
        failingOn(tooLong, (n) => n === 1),
        record,
      ),
    );
    const healed = failingOn(tooLong, () => false);

    expect((await inTurn([0, 1], asker(healed, record))).map(isAnswered)).toEqual([true, true]);
    expect(healed.requests.map(({ prompt }) => prompt.id)).toEqual(['p-1']);
  });
});

describe('an answer that can not be read', () => {
  test('costs its prompt, with the reason, and is in the bill as often as it was sent', async () => {
    const answers = await inTurn([0, 1, 2], asker(failingOn(unreadable, (n) => n === 1)));

    expect(answers[1]).toMatchObject({ texts: [], missing: 'the answer could not be read', calls: 3 });
    expect(answers.map(isAnswered)).toEqual([true, false, true]);
  });

  test('is recorded, for it may have been paid: a resumed shard finds the same, and asks for nothing', async () => {
    const record = new Recorded();
    const first = await inTurn(
      [0, 1],
      asker(
        failingOn(unreadable, (n) => n === 1),
        record,
      ),
    );

    expect(await inTurn([0, 1], asker(noStudent, record))).toEqual(first);
    expect(record.rows.map(({ usage }) => usage.calls)).toEqual([1, 3]);
  });
});

describe.each([
  ['refused', tooLong],
  ['unreadable', unreadable],
])('where what fails is %s', (_, error) => {
  test('the third prompt fails for all, where none was answered: the loop file is wrong', async () => {
    const ask = asker(failingOn(error, () => true));

    await inTurn([0, 1], ask);
    await expect(ask(2)).rejects.toBe(error);
  });

  test('one prompt alone fails nothing, however many calls it makes', async () => {
    const ask = asker(failingOn(error, () => true));

    const answers = await inTurn(range(0, 60), (seed) => ask(7, { count: 1, seed }));

    expect(answers.some(isAnswered)).toBe(false);
  });

  test('an answer in the record is one of this endpoint: three prompts left over are no reason to fail', async () => {
    const record = new Recorded();
    await asker(
      failingOn(error, () => false),
      record,
    )(0);
    const ask = asker(
      failingOn(error, () => true),
      record,
    );

    expect((await inTurn([0, 1, 2, 3], ask)).map(isAnswered)).toEqual([true, false, false, false]);
  });

  test('the 25th prompt in a row fails for all, after any number of answers', async () => {
    const ask = asker(failingOn(error, (n) => n >= 40));
    await inTurn(range(0, 40), ask);

    await inTurn(range(40, 64), ask);
    await expect(ask(64)).rejects.toBe(error);
  });

  test('an answer between begins the row anew', async () => {
    const ask = asker(failingOn(error, (n) => n % 25 !== 0));

    const answers = await inTurn(range(0, 200), ask);

    expect(answers.filter(isAnswered)).toHaveLength(8);
  });

  test('shards of few prompts are counted together: they ask the same endpoint', async () => {
    const student = failingOn(error, () => true);
    await asker(student)(0);
    await asker(student)(1);

    await expect(asker(student)(2)).rejects.toBe(error);
  });

  test('whoever tries after that, in this process, begins to count anew', async () => {
    const ask = asker(failingOn(error, () => true));
    await inTurn([0, 1], ask);
    await expect(ask(2)).rejects.toBe(error);

    expect(isAnswered(await ask(2))).toBe(false);
  });

  test('prompts that fail sooner than others are answered fail nothing', async () => {
    const { student, answer, fail } = heldStudent();
    const calls = askAtOnce(student, range(0, 5));

    for (const n of [0, 1, 2, 3]) fail(n, error);
    await Promise.all(calls.slice(0, 4));
    answer(4);

    expect((await Promise.all(calls)).map(isAnswered)).toEqual([false, false, false, false, true]);
  });

  test('the last of those under way fails for all, where none was answered', async () => {
    const { student, fail } = heldStudent();
    const calls = askAtOnce(student, range(0, 5));
    const ends = Promise.allSettled(calls);

    for (const n of range(0, 5)) fail(n, error);

    expect((await ends).map(({ status }) => status)).toEqual([...Array(4).fill('fulfilled'), 'rejected']);
  });
});

test('unreadable answers in the record are no answers: the third prompt fails for all in the next life too', async () => {
  const record = new Recorded();
  await inTurn(
    [0, 1],
    asker(
      failingOn(unreadable, () => true),
      record,
    ),
  );
  const ask = asker(
    failingOn(unreadable, () => true),
    record,
  );

  await inTurn([0, 1, 2, 3], ask);
  await expect(ask(4)).rejects.toBe(unreadable);
});

describe('a prompt on which the endpoint fails time and again', () => {
  /** So many others are answered while prompt 0 is under way. */
  async function whileAnswered(others: number, error: Error) {
    const { student, answer, fail } = heldStudent();
    const ask = asker(student);
    const poisoned = ask(0);
    const calls = range(1, 1 + others).map((n) => ask(n));
    for (const n of range(1, 1 + others)) answer(n);
    await Promise.all(calls);
    fail(0, error);
    return { poisoned, ask };
  }

  test('is lost, with the reason, where ten others were answered meanwhile', async () => {
    const { poisoned } = await whileAnswered(10, broken);

    expect(await poisoned).toMatchObject({ texts: [], missing: 'the endpoint failed on it time and again', calls: 0 });
  });

  test('is lost whole: what is left of it is asked when no other is answered any more', async () => {
    const { poisoned, ask } = await whileAnswered(10, broken);
    await poisoned;

    expect((await ask(0, { count: 1, seed: 2 })).missing).toBe('the endpoint failed on it time and again');
  });

  test('is left to the retries of the step, where fewer were answered: the endpoint may be away', async () => {
    const { poisoned } = await whileAnswered(9, broken);

    await expect(poisoned).rejects.toBe(broken);
  });

  test('is left to them where the endpoint asked for a long wait: it was not tried again', async () => {
    const later = new ProviderOverloaded('later', { status: 429, retryAfterSeconds: 600 });
    const { poisoned } = await whileAnswered(10, later);

    await expect(poisoned).rejects.toBe(later);
  });

  test('is not excused by answers in the record: they say nothing of now', async () => {
    const record = new Recorded();
    await inTurn(
      range(1, 31),
      asker(
        failingOn(broken, () => false),
        record,
      ),
    );
    const { student, fail } = heldStudent();
    const ask = asker(student, record);
    const poisoned = ask(0);
    await inTurn(range(1, 31), ask);

    fail(0, broken);

    await expect(poisoned).rejects.toBe(broken);
  });
});

test.each([
  ['a wrong model', new ProviderRejectedRequest('no such model', { status: 404 })],
  ['a wrong key', new CredentialRefused('no')],
])('%s is not tolerated at all', async (_, error) => {
  await expect(asker(failingOn(error, () => true))(0)).rejects.toBe(error);
});

describe('the teacher', () => {
  const [first, second] = [responseWith(0, 'Worth 1'), responseWith(1, 'Worth 2')];
  const comparison = (n: number) => comparisonQuestion(prompts(200)[n]!, settings.rubric, [first, second], `key ${n}`);
  const toRequest = ({ messages, schema }: Pick<TeacherRequest, 'messages' | 'schema'>, seed = 1): TeacherRequest => ({
    messages,
    schema,
    maxTokens: 8,
    seed,
  });
  const teacherOf = (turn: () => AskTurn, record?: Recorded) =>
    modelsOf(noStudent, new ScriptedTeacher(turn), record).teacher();
  const asks = (teacher: Teacher) => (n: number) => teacher.ask(toRequest(comparison(n)));
  const reasonOf = (answer: TeacherAnswer) => readComparison(answer, comparison(0));

  test('who refuses a request abstains as `rejected`', async () => {
    expect(reasonOf(await asks(teacherOf(() => tooLong))(0))).toMatchObject({ kind: 'abstention', reason: 'rejected' });
  });

  test('whose answer can not be read abstains as `unreadable`, and so does the next life', async () => {
    const record = new Recorded();
    const answer = await asks(teacherOf(() => unreadable, record))(0);

    expect(reasonOf(answer)).toMatchObject({ reason: 'unreadable', said: 'the answer could not be read' });
    expect(answer.calls).toBe(3);
    expect(await asks(modelsOf(noStudent, noTeacher, record).teacher())(0)).toEqual(answer);
  });

  test('is no reason to fail, where all questions about one prompt fail', async () => {
    const teacher = teacherOf(() => tooLong);
    const responses = range(0, 16).map((index) => responseWith(index, `Worth ${index}`));

    const row = await judgeResponses(
      judgedPrompt,
      sampledWith(responses),
      teacher,
      { ...settings, canaryShare: 1 },
      'k',
    );
    const critique = critiqueQuestion(judgedPrompt, settings.rubric, [first, second], 'other key');

    expect(row.search.length).toBeGreaterThan(20);
    expect(row.search.every((each) => each.kind === 'abstention' && each.reason === 'rejected')).toBe(true);
    expect(await teacher.ask(toRequest(critique))).toMatchObject({ finish: 'rejected' });
  });

  test('who fails on three prompts, and has answered none, fails the run', async () => {
    const ask = asks(teacherOf(() => tooLong));

    await inTurn([0, 1], ask);
    await expect(ask(2)).rejects.toBe(tooLong);
  });

  test('who fails on 25 prompts in a row fails the run', async () => {
    let calls = 0;
    const ask = asks(teacherOf(() => (calls++ === 0 ? '{"winner":"tie"}' : tooLong)));

    await inTurn(range(0, 25), ask);
    await expect(ask(25)).rejects.toBe(tooLong);
  });

  test('who fails on one prompt time and again abstains on it', async () => {
    const stuck = Promise.withResolvers<TeacherAnswer>();
    let calls = 0;
    const well: TeacherAnswer = { text: '{"winner":"tie"}', finish: 'stop', tokens, calls: 1 };
    const teacher: Teacher = { model: 'judge', ask: () => (calls++ === 0 ? stuck.promise : Promise.resolve(well)) };
    const ask = asks(modelsOf(noStudent, teacher).teacher());
    const poisoned = ask(0);
    await inTurn(range(1, 11), ask);

    stuck.reject(broken);

    expect(reasonOf(await poisoned)).toMatchObject({
      reason: 'unreadable',
      said: 'the endpoint failed on it time and again',
    });
  });
});
