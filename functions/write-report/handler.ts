import * as z from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import type { Announcement } from '../../core/ports.ts';
import { endings, type Report } from '../../core/report.ts';
import { runName } from '../../core/run.ts';
import { readRun, writeArtifact } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { tellEnding } from '../metrics.ts';
import { collectReport } from './collect-report.ts';

const input = z.strictObject({ run: runName, ending: z.enum(endings) });
const output = z.null();

/** everything that the run wrote → report.json, and the page that is drawn from it; then whoever listens is told of the ending. */
export const writeReport: Step<typeof input, typeof output> = {
  name: 'write-report',
  input,
  output,
  async run({ run: name, ending }, services) {
    const { store, now, announcer } = services;
    const run = await readRun(store, name);
    const report = await collectReport(store, run, ending, now().toISOString());
    await writeArtifact(store, keys.report(name), report);
    // The charts take half a second to load, and whoever loads this step beside others may never write a report.
    const { reportPage } = await import('./report-page.ts');
    await store.write(keys.reportPage(name), reportPage(report));
    await announcer.tell(endingOf(report));
    tellEnding(services, run, ending);
    return null;
  },
};

function endingOf({ run, loop, ending, incumbent, usage }: Report): Announcement {
  const { name, says } = ending;
  return { type: 'run-ended', loop, run, ending: name, says, incumbent, usd: usage.usd, report: keys.reportPage(run) };
}
