import { stripVTControlCharacters, styleText } from 'node:util';
import { Command } from 'commander';
import { z } from 'zod';
import type { PreferencePair } from '../../core/pairs/preference-pair.ts';
import { conversationText } from '../../core/prompt.ts';
import { optionsOf, stackOption, whole } from '../globals.ts';
import { hint } from '../hint.ts';
import { type FoundPairs, type World, worldOf } from '../world.ts';
import { wrap } from '../wrap.ts';

const optionsSchema = z.looseObject({ round: whole(1).optional(), limit: whole(1).default(10) });

export function pairsCommand(): Command {
  return new Command('pairs')
    .description('the preference pairs of a round: what was chosen, what was rejected, and why')
    .argument('[run]', 'name of the run; the latest where it is left out')
    .option('--round <n>', 'the pairs of this round; the latest that has some where it is left out')
    .option('--limit <n>', 'so many at most (default: 10)')
    .addOption(stackOption())
    .action(async (name: string | undefined, given: unknown, command: Command) => {
      const wanted = optionsOf(optionsSchema, given);
      const world = await worldOf(command);
      const found = await world.pairs(name, wanted);
      if (world.globals.json) for (const pair of found.pairs) console.log(JSON.stringify(pair));
      else console.log(inWords(found, world, wanted));
    });
}

function inWords(
  { run, round, pairs, hasMore }: FoundPairs,
  { globals }: World,
  { round: wantedRound, limit }: z.infer<typeof optionsSchema>,
): string {
  const ofRound = wantedRound === undefined ? '' : ` --round ${wantedRound}`;
  const more = hint(`pairs ${run}${ofRound} --limit ${5 * limit}`, globals);
  return [
    `${styleText('bold', run)}  round ${round}`,
    ...pairs.map(pairInWords),
    ...(hasMore ? [`More       ${more}`] : []),
  ].join('\n\n');
}

function pairInWords({ prompt, chosen, rejected, margin, decidedBy, critiques }: PreferencePair): string {
  const decided = decidedBy === 'checks' ? 'decided by checks' : `decided by the teacher, margin ${margin.toFixed(2)}`;
  return [
    `${styleText('bold', prompt.id)}  ${styleText('dim', decided)}`,
    labelled('Prompt', conversationText(prompt)),
    labelled(styleText('green', 'Chosen'), chosen.text),
    ...(critiques ? [styleText('dim', indented(critiques.chosen))] : []),
    labelled(styleText('red', 'Rejected'), rejected.text),
    ...(critiques ? [styleText('dim', indented(critiques.rejected))] : []),
  ].join('\n');
}

const INDENT = 11;

/** The label in the margin, the text beside it. */
function labelled(label: string, text: string): string {
  const width = stripVTControlCharacters(label).length;
  return `${label}${indented(text).slice(width)}`;
}

/** What a model wrote must not move the cursor or ring the bell. */
function indented(text: string): string {
  return wrap(
    stripVTControlCharacters(text)
      .replaceAll(/\p{Cc}/gu, ' ')
      .trim(),
    INDENT,
  );
}
