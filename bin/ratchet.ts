#!/usr/bin/env node
/** The command line. Each command is a file in commands/; exit codes are in exit-codes.ts. */
import { styleText } from 'node:util';
import { Command } from 'commander';
import { InvalidInput, RatchetError } from '../core/errors.ts';
import { estimateCommand } from './commands/estimate.ts';
import { exportCommand } from './commands/export.ts';
import { modelsCommand } from './commands/models.ts';
import { pairsCommand } from './commands/pairs.ts';
import { reportCommand } from './commands/report.ts';
import { resumeCommand } from './commands/resume.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { runCommand } from './commands/run.ts';
import { sandboxCommand } from './commands/sandbox.ts';
import { statusCommand } from './commands/status.ts';
import { stopCommand } from './commands/stop.ts';
import { exitCodes } from './exit-codes.ts';
import { globalsOf } from './globals.ts';
import { useMemoryModestly } from './modest-memory.ts';

useMemoryModestly();
const program = new Command('ratchet')
  .description('Improve a student model from a teacher’s feedback; promote it only if it provably wins.')
  .option('--store <directory>', 'where runs and loops are kept', '.')
  .option('--json', 'machine-readable output, one JSON object a line')
  .option('--verbose', 'log every step to standard error')
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError('(ratchet --help lists the commands)')
  .hook('preAction', (_, command) => {
    // The steps log for CloudWatch; at a terminal the progress display says it better.
    if (globalsOf(command).verbose) logToStandardError();
    else process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
  })
  .exitOverride((error) => {
    // Commander's own errors are mistakes in the command; help and version are none.
    process.exit(error.exitCode === 0 ? exitCodes.finished : exitCodes['invalid-input']);
  });
for (const command of [
  runCommand,
  estimateCommand,
  resumeCommand,
  stopCommand,
  statusCommand,
  reportCommand,
  pairsCommand,
  exportCommand,
  modelsCommand,
  rollbackCommand,
  sandboxCommand,
]) {
  program.addCommand(command().copyInheritedSettings(program));
}

process.on('uncaughtException', (error) => {
  tellError(error);
  process.exit();
});
// `ratchet status | head` closes the pipe early: nobody is left to tell.
process.stdout.on('error', () => process.exit(exitCodes.failed));
try {
  await program.parseAsync();
} catch (error) {
  tellError(error);
}

/** One line an entry. Standard output is for results alone; in its mode for development the logger uses this console. */
function logToStandardError(): void {
  process.env['POWERTOOLS_DEV'] = 'true';
  console.info = (entry: string) => console.error(entry.replaceAll(/\n\s*/g, ' '));
}

/** What happened, to what, and what to do; where in the code only when asked, or when nothing else is known. */
function tellError(error: unknown): void {
  process.exitCode = error instanceof InvalidInput ? exitCodes['invalid-input'] : exitCodes.failed;
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  console.error(`${styleText('red', name, { stream: process.stderr })}: ${message}`);
  if (process.argv.includes('--verbose')) console.error(stack);
  else if (!(error instanceof RatchetError || isOfSystem(error)))
    console.error('This is a defect in Ratchet; --verbose shows where.');
}

/** A disk or a port that refuses: its own words say which. */
function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
