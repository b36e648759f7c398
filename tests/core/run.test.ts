import { describe, expect, test } from '@jest/globals';
import { runName } from '../../core/run.ts';

describe('the name of a run', () => {
  test.each(['support-desk-1', '7', 'latest-1', 'a'.repeat(80)])('may be %s', (name) => {
    expect(runName.parse(name)).toBe(name);
  });

  test.each(['', 'Big', 'a b', '-a', '../a', 'a'.repeat(81)])('may not be %j', (name) => {
    expect(runName.safeParse(name).success).toBe(false);
  });

  test('may not be that of the link to the latest run', () => {
    expect(runName.safeParse('latest').error?.issues[0]?.message).toContain('runs/latest is the link');
  });
});
