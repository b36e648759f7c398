import { styleText } from 'node:util';
import { Command } from 'commander';
import type { Registry } from '../../core/registry.ts';
import type { LineageEntry } from '../../core/report.ts';
import { minute, percent, winRate } from '../figures.ts';
import { stackOption } from '../globals.ts';
import { worldOf } from '../world.ts';

export function modelsCommand(): Command {
  return new Command('models')
    .description('the lineage of a loop’s student, with the evidence of each promotion')
    .argument('[loop]', 'name of the loop; may be left out where there is one only')
    .addOption(stackOption())
    .action(async (name: string | undefined, _: unknown, command: Command) => {
      const world = await worldOf(command);
      const registry = await world.registry(name);
      console.log(world.globals.json ? JSON.stringify(registry) : lineageOf(registry));
    });
}

/** Oldest first; a line for the model and one for how it got there, because model ids are long. */
function lineageOf({ loop, incumbent, history }: Registry): string {
  const entries = history.map((entry) => `${marks[entry.how]} ${entry.model}\n  ${styleText('dim', storyOf(entry))}`);
  return [styleText('bold', loop), '', ...entries, '', `Incumbent  ${styleText('green', incumbent)}`].join('\n');
}

const marks: Readonly<Record<LineageEntry['how'], string>> = { base: '·', promotion: '↑', rollback: '↩' };

function storyOf({ how, at, run, round, evidence, reason }: LineageEntry): string {
  switch (how) {
    case 'base':
      return `${minute(at)}  the base student`;
    case 'promotion': {
      const won = evidence ? `, won ${winRate(evidence)}, ${percent(evidence.checkRate)} fully right` : '';
      return `${minute(at)}  ${run}, round ${round}${won}`;
    }
    case 'rollback':
      return `${minute(at)}  rolled back${reason ? `: ${reason}` : ''}`;
  }
}
