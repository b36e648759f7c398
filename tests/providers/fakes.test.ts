import { describe, expect, test } from '@jest/globals';
import { ScriptedStudent } from '../fakes/scripted-student.ts';
import { ScriptedTeacher } from '../fakes/scripted-teacher.ts';
import { ScriptedTrainer } from '../fakes/scripted-trainer.ts';
import { errorOf } from './failures.ts';
import { sampleRequest, studentContract } from './student-contract.ts';
import { teacherContract, teacherRequest } from './teacher-contract.ts';
import { trainerContract, trainingRequest } from './trainer-contract.ts';

studentContract('the scripted student', {
  answering: (texts, tokens) => new ScriptedStudent(() => texts, { tokens }),
  failing: (failure) => new ScriptedStudent(() => errorOf(failure)),
});

teacherContract('the scripted teacher', {
  answering: (answer) => new ScriptedTeacher(() => ({ answer })),
  failing: (failure) => new ScriptedTeacher(() => errorOf(failure)),
});

trainerContract('the scripted trainer', (...plans) => {
  const trainer = new ScriptedTrainer(...plans);
  return { trainer, jobsCreated: () => trainer.requests.length };
});

describe('what nobody scripted', () => {
  test('is an error, never an answer', async () => {
    await expect(new ScriptedStudent(() => undefined).sample(sampleRequest)).rejects.toThrow('Unscripted');
    await expect(new ScriptedTeacher(() => undefined).ask(teacherRequest)).rejects.toThrow('Unscripted');
    await expect(new ScriptedTrainer().create(trainingRequest)).rejects.toThrow('Unscripted');
  });
});
