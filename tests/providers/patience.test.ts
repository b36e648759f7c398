import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ProviderOverloaded } from '../../core/errors.ts';
import { patientStudent, patientTeacher } from '../../providers/patience.ts';
import { ScriptedStudent } from '../fakes/scripted-student.ts';
import { ScriptedTeacher } from '../fakes/scripted-teacher.ts';
import { errorOf, failures } from './failures.ts';
import { sampleRequest } from './student-contract.ts';
import { teacherRequest } from './teacher-contract.ts';

const busy = (retryAfterSeconds?: number) => new ProviderOverloaded('busy', { retryAfterSeconds });

/** A patience that waits in its notebook only. */
function notebook(jitter = 0.5, tries = 8) {
  const waits: number[] = [];
  return { waits, tries, jitter: () => jitter, wait: async (seconds: number) => waits.push(seconds) };
}

describe('a patient student', () => {
  test('asks again until the endpoint has time, and no more', async () => {
    const student = new ScriptedStudent((_, call) => (call < 3 ? busy() : ['hello']));
    const patience = notebook();

    const { texts } = await patientStudent(student, patience).sample(sampleRequest);

    expect(texts).toMatchObject([{ text: 'hello' }]);
    expect(student.requests).toHaveLength(4);
    expect(patience.waits).toEqual([0.5, 1, 2]);
  });

  test('asks the very same thing, under the name of the same model', async () => {
    const student = new ScriptedStudent((_, call) => (call < 1 ? busy() : ['hello']), { model: 'small' });
    const patient = patientStudent(student, notebook());

    await patient.sample(sampleRequest);

    expect(patient.model).toBe('small');
    expect(student.requests).toEqual([sampleRequest, sampleRequest]);
  });

  test('waits as long as the endpoint asks for, without jitter', async () => {
    const student = new ScriptedStudent((_, call) => (call < 2 ? busy(call === 0 ? 7 : 60) : ['hello']));
    const patience = notebook();

    await patientStudent(student, patience).sample(sampleRequest);

    expect(patience.waits).toEqual([7, 60]);
  });

  test('leaves an endpoint alone that asks for more than a minute', async () => {
    const student = new ScriptedStudent(() => busy(61));
    const patience = notebook();

    await expect(patientStudent(student, patience).sample(sampleRequest)).rejects.toThrow(ProviderOverloaded);
    expect(student.requests).toHaveLength(1);
    expect(patience.waits).toEqual([]);
  });

  test('gives up after its tries, with the error as it was', async () => {
    const error = busy();
    const student = new ScriptedStudent(() => error);
    const patience = notebook(0.5, 3);

    await expect(patientStudent(student, patience).sample(sampleRequest)).rejects.toBe(error);
    expect(student.requests).toHaveLength(3);
    expect(patience.waits).toHaveLength(2);
  });

  test('waits neither less than nothing nor more than half a minute, twice as long at most each time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (jitter) => {
        const patience = notebook(jitter, 12);

        await patientStudent(new ScriptedStudent(() => busy()), patience)
          .sample(sampleRequest)
          .catch(() => undefined);

        expect(patience.waits).toHaveLength(11);
        for (const [index, seconds] of patience.waits.entries()) {
          expect(seconds).toBeGreaterThanOrEqual(0);
          expect(seconds).toBeLessThanOrEqual(Math.min(30, 2 ** index));
        }
      }),
    );
  });
});

describe('a patient teacher', () => {
  test('asks again until the endpoint has time', async () => {
    const teacher = new ScriptedTeacher((_, call) => (call < 1 ? busy(2) : 'yes'));
    const patience = notebook();

    expect(await patientTeacher(teacher, patience).ask(teacherRequest)).toMatchObject({ text: 'yes' });
    expect(patience.waits).toEqual([2]);
  });

  const hopeless = failures.filter(({ of }) => of !== 'the overload');
  test.each(hopeless)('is told of $of at once', async (failure) => {
    const teacher = new ScriptedTeacher(() => errorOf(failure));
    const patience = notebook();

    await expect(patientTeacher(teacher, patience).ask(teacherRequest)).rejects.toMatchObject(failure.shows);
    expect(teacher.requests).toHaveLength(1);
    expect(patience.waits).toEqual([]);
  });
});
