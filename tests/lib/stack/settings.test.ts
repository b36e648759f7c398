import { describe, expect, test } from '@jest/globals';
import { InvalidInput } from '../../../core/errors.ts';
import type { Loop } from '../../../core/loop.ts';
import { insistOnDeployable } from '../../../lib/insist-on-deployable.ts';
import { readSettings, settingsSchema } from '../../../lib/settings.ts';
import { supportDesk } from './stacks.ts';

const loop = 'loops/support-desk.yaml';
const read = (context: Readonly<Record<string, unknown>>) => readSettings((name) => context[name]);

/** What is wrong, in words; nothing where nothing is thrown. */
function problemsOf(action: () => unknown): readonly string[] {
  try {
    action();
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
}

describe('the settings of a stack', () => {
  test('are few that must be given: the loop', () => {
    expect(read({ loop })).toEqual({ loop, secrets: {}, notify: [], retain: true, logDays: 90 });
    expect(problemsOf(() => read({}))).toEqual(['loop: the path of a loop file']);
  });

  test('may be text, as the command line has them', () => {
    const kmsKey = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:judge-AbCdEf';
    const text = {
      secrets: `OPENAI_API_KEY=openai/key, JUDGE_KEY=${arn}`,
      secretsKey: kmsKey,
      notify: 'ada@example.com, grace@example.com',
      retain: 'false',
      kmsKey,
      vpc: 'vpc-0123456789abcdef0',
      logDays: '30',
      sandboxUrl: 'http://10.0.0.5:8000/v1',
    };

    expect(read({ loop, ...text })).toEqual({
      loop,
      ...text,
      secrets: { OPENAI_API_KEY: 'openai/key', JUDGE_KEY: arn },
      notify: ['ada@example.com', 'grace@example.com'],
      retain: false,
      logDays: 30,
    });
  });

  test('may be lists, records and flags, as cdk.json has them', () => {
    const structured = { secrets: { OPENAI_API_KEY: 'openai-key' }, notify: ['ada@example.com'], retain: false };

    expect(read({ loop, ...structured })).toMatchObject(structured);
  });

  test.each([
    ['loop', '', 'loop'],
    ['secrets', 'openai_key=name', 'secrets.openai_key'],
    ['secrets', 'OPENAI_API_KEY', 'secrets.OPENAI_API_KEY'],
    ['secrets', 'OPENAI_API_KEY=arn:aws:ssm:eu-west-1:111122223333:parameter/key', 'secrets.OPENAI_API_KEY'],
    ['secrets', 7, 'secrets'],
    ['secretsKey', 'alias/aws/secretsmanager', 'secretsKey'],
    ['notify', 'ada@example.com,grace', 'notify.1'],
    ['retain', 'no', 'retain'],
    ['kmsKey', 'alias/ratchet', 'kmsKey'],
    ['kmsKey', 'arn:aws:kms:eu-west-1:111122223333:alias/ratchet', 'kmsKey'],
    ['vpc', 'default', 'vpc'],
    ['logDays', 'ninety', 'logDays'],
    ['logDays', 0, 'logDays'],
    ['logDays', 1.5, 'logDays'],
    ['logDays', 4000, 'logDays'],
    ['sandboxUrl', 'localhost', 'sandboxUrl'],
    ['sandboxUrl', 'ftp://example.com', 'sandboxUrl'],
  ])('are refused by name, with what is allowed: %s = %j', (name, value, path) => {
    const allowed = settingsSchema.shape[name as 'loop'].meta()?.['allowed'];

    expect(problemsOf(() => read({ loop, [name]: value }))).toEqual([`${path}: ${allowed}`]);
  });

  test('that are wrong are all told at once', () => {
    const problems = problemsOf(() => read({ retain: 'no', vpc: 'default', notify: 'ada' }));

    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['loop', 'notify.0', 'retain', 'vpc']);
  });

  test('have each a description, and words for what is allowed', () => {
    const silent = Object.entries(settingsSchema.shape).filter(([, setting]) => {
      const { description, allowed } = setting.meta() ?? {};
      return !description || !allowed;
    });

    expect(silent).toEqual([]);
  });
});

describe('a loop is refused before anything is deployed', () => {
  const { document } = supportDesk;
  const student = { ...document.student, endpoint: 'https://student.example.com/v1' };
  const teacher = { ...document.teacher, endpoint: 'https://teacher.example.com/v1' };
  const trainer = { ...document.trainer!, endpoint: 'https://trainer.example.com/v1' };
  const fine = { ...document, student, teacher, trainer };
  const problems = (change: Partial<Loop>, given = {}) =>
    problemsOf(() => insistOnDeployable({ name: 'desk', document: { ...fine, ...change } }, given));

  test('but not one that can work', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ trainer: undefined })).toEqual([]);
  });

  test('where it calls the sandbox, which is on a laptop', () => {
    const sandbox = { ...student, endpoint: 'sandbox' as const };

    expect(problems({ student: sandbox })).toEqual([
      expect.stringMatching(/^student\.endpoint: the sandbox runs on a laptop/),
    ]);
    expect(problems({ student: sandbox }, { sandboxUrl: 'https://sandbox.example.com/v1' })).toEqual([]);
  });

  test('where a key has no secret', () => {
    const keyed = { ...teacher, apiKeyEnv: 'JUDGE_KEY' };

    expect(problems({ teacher: keyed })).toEqual([
      'teacher.apiKeyEnv: name the secret that holds the key: -c secrets=JUDGE_KEY=NAME-OR-ARN',
    ]);
    expect(problems({ teacher: keyed }, { secrets: { OTHER_KEY: 'other' } })).toHaveLength(1);
    expect(problems({ teacher: keyed }, { secrets: { JUDGE_KEY: 'judge-key' } })).toEqual([]);
  });

  test('where a call may take longer than the life of a function', () => {
    expect(problems({ student: { ...student, timeoutSeconds: 600 } })).toEqual([]);
    expect(problems({ student: { ...student, timeoutSeconds: 601 } })).toEqual([
      expect.stringMatching(/^student\.timeoutSeconds: 600 at most/),
    ]);
  });

  test('with everything that is wrong', () => {
    const found = problemsOf(() =>
      insistOnDeployable(
        { name: 'desk', document: { ...document, teacher: { ...document.teacher, apiKeyEnv: 'JUDGE_KEY' } } },
        {},
      ),
    );

    expect(found.map((problem) => problem.split(':')[0])).toEqual([
      ...['student.endpoint', 'teacher.endpoint', 'teacher.apiKeyEnv', 'trainer.endpoint'],
    ]);
  });
});
