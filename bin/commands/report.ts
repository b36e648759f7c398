import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { minute } from '../figures.ts';
import { type Globals, optionsOf, stackOption } from '../globals.ts';
import { summaryOf } from '../summary.ts';
import { whereLines } from '../tell-end.ts';
import { type FoundReport, worldOf } from '../world.ts';
import { wrap } from '../wrap.ts';

const optionsSchema = z.looseObject({ output: z.string().min(1, 'name a file').optional() });

export function reportCommand(): Command {
  return new Command('report')
    .description('what came of a run, and where its page is')
    .argument('[run]', 'name of the run; the latest where it is left out')
    .option('-o, --output <file>', 'saves the page there')
    .addOption(stackOption())
    .action(async (name: string | undefined, given: unknown, command: Command) => {
      const { output } = optionsOf(optionsSchema, given);
      const world = await worldOf(command);
      const found = await world.report(name);
      if (output !== undefined) await writeFile(output, await found.page());
      console.log(world.globals.json ? inJson(found) : inWords(found, output, world.globals));
      if (found.note !== undefined) console.error(found.note);
    });
}

function inJson({ run, report, says, link }: FoundReport): string {
  return JSON.stringify({ ...(report ?? { run, says }), ...(link && { link }) });
}

function inWords({ report, says, link }: FoundReport, output: string | undefined, globals: Globals): string {
  const page = output ?? (link && `${link.url}\n           until ${minute(link.expiresAt)} UTC`);
  return report
    ? `${summaryOf(report)}\n${whereLines(report, globals, page)}`
    : `${wrap(says, 0)}\n\nReport     ${page}`;
}
