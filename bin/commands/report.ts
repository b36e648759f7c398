import { Command } from 'commander';
import { keys } from '../../core/artifact-keys.ts';
import { InvalidInput } from '../../core/errors.ts';
import { reportSchema } from '../../core/report.ts';
import { findArtifact } from '../../functions/artifacts.ts';
import { globalsOf } from '../globals.ts';
import { hint } from '../hint.ts';
import { findRun } from '../runs.ts';
import { summaryOf } from '../summary.ts';
import { whereLines } from '../tell-end.ts';

export function reportCommand(): Command {
  return new Command('report')
    .description('what came of a run, and where its page is')
    .argument('[run]', 'name of the run; the latest where it is left out')
    .action(async (name: string | undefined, _: unknown, command: Command) => {
      const globals = globalsOf(command);
      const { store, json } = globals;
      const { run } = await findRun(globals, name);
      const report = await findArtifact(store, keys.report(run), reportSchema);
      if (!report) {
        throw new InvalidInput(`The run ${run}`, [
          `it has no report yet; go on with it: ${hint(`resume ${run}`, globals)}`,
        ]);
      }
      if (json) console.log(JSON.stringify(report));
      else console.log(`${summaryOf(report)}\n${whereLines(report, globals)}`);
    });
}
