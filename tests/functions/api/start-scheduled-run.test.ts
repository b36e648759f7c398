import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Announcement } from '../../../core/ports.ts';
import { defineStep } from '../../../functions/define-step.ts';
import { startScheduledRun } from '../../../functions/start-scheduled-run/handler.ts';
import { servicesOf } from '../shard-fixture.ts';
import { DeployedLoop } from './api-fixture.ts';

let loop: DeployedLoop;
let told: Announcement[];
beforeEach(() => {
  loop = new DeployedLoop();
  told = [];
});

function schedule(scheduledAt: string) {
  const announcer = { tell: async (announcement: Announcement) => void told.push(announcement) };
  const services = () => ({ ...servicesOf(loop.store), ...loop.services, announcer });
  return defineStep(startScheduledRun, services)({ scheduledAt });
}

describe('the schedule', () => {
  test('starts a run under the name of its minute, in UTC', async () => {
    expect(await schedule('2026-11-30T03:00:00Z')).toEqual({ started: true, run: 'desk-20261130-0300' });
    expect([...loop.executions.kept.keys()]).toEqual(['desk-20261130-0300']);
  });

  test('that calls twice for the same minute starts one run', async () => {
    await schedule('2026-11-30T03:00:00Z');

    expect(await schedule('2026-11-30T04:00:00+01:00')).toEqual({ started: true, run: 'desk-20261130-0300' });
    expect(loop.executions.kept.size).toBe(1);
    expect(told).toEqual([]);
  });

  test('while a run is under way is refused by name, tells of it, and queues nothing', async () => {
    await schedule('2026-11-30T03:00:00Z');

    const refused = await schedule('2026-12-07T03:00:00Z');

    expect(refused).toEqual({ started: false, refused: 'LoopBusy', running: 'desk-20261130-0300' });
    expect(told).toEqual([
      { type: 'run-refused', loop: 'desk', run: 'desk-20261207-0300', running: 'desk-20261130-0300' },
    ]);
    expect(loop.executions.kept.size).toBe(1);
  });

  test('that fails otherwise fails, so that it is tried again', async () => {
    loop.store.read = async () => {
      throw new Error('away');
    };

    await expect(schedule('2026-11-30T03:00:00Z')).rejects.toThrow('away');
  });
});
