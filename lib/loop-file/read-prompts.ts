import { InvalidInput } from '../../core/errors.ts';
import type { Prompt } from '../../core/prompt.ts';
import { conversationHash } from '../../core/split-held-out.ts';
import { csvRows } from './csv-rows.ts';
import { jsonRows, type Row } from './json-rows.ts';
import { unknownOwnChecks } from './own-checks.ts';
import { problemList } from './problem-list.ts';
import { promptOfRow } from './prompt-row.ts';
import type { PromptFile, PromptSource } from './prompt-source.ts';
import { type UniqueIds, uniqueIds } from './unique-ids.ts';

/**
 * The prompts of a source, one by one, in the order of its files and lines; nothing is kept but hashes of ids. A prompt
 * without an id gets the hash of its conversation as its id. `ownChecks` are the names that the loop knows. Throws InvalidInput at the end, with up to 20 problems and a
 * count of the rest; the prompts that came before are worth nothing then.
 */
export async function* readPrompts(source: PromptSource, ownChecks: readonly string[]): AsyncIterable<Prompt> {
  const problems = problemList();
  const ids = uniqueIds();
  let prompts = 0;
  let remedy = '';
  for await (const file of source.files()) {
    ids.beginFile(file.name);
    remedy = isCsv(file) ? csvRemedy : jsonRemedy;
    for await (const row of rowsOf(file)) {
      const read = promptOf(row, ids, ownChecks);
      problems.add(file.name === source.name ? read.problems : read.problems.map((each) => `${file.name}: ${each}`));
      if (!read.prompt) continue;
      prompts++;
      yield read.prompt;
    }
  }
  if (prompts === 0 && problems.isEmpty()) problems.add([`there is no prompt in it; ${remedy}`]);
  if (!problems.isEmpty()) throw new InvalidInput(source.name, problems.shown());
}

const jsonRemedy = 'write one JSON object a line, such as {"prompt": "Where is my parcel?"}';
const csvRemedy = 'write the names of the columns in the first row ("prompt" is one), and one prompt a row below';

function isCsv({ name }: PromptFile): boolean {
  return name.toLowerCase().endsWith('.csv');
}

function rowsOf(file: PromptFile): AsyncIterable<Row> {
  return isCsv(file) ? csvRows(file.chunks()) : jsonRows(file.chunks());
}

type Read = { readonly prompt?: Prompt; readonly problems: readonly string[] };

function promptOf(row: Row, ids: UniqueIds, ownChecks: readonly string[]): Read {
  if ('problem' in row) return { problems: [row.problem] };
  const read = promptOfRow(row.line, row.value);
  if ('problems' in read) return read;
  const { id = conversationHash(read.prompt), ...rest } = read.prompt;
  const repeated = ids.problemsOf({ id, byUser: read.prompt.id !== undefined }, row.line);
  const unknown = unknownOwnChecks(rest.checks, ownChecks).map((problem) => `line ${row.line}: ${problem}`);
  return { prompt: { id, ...rest }, problems: [...repeated, ...unknown] };
}
