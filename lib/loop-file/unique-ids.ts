import { contentHash } from '../../core/random.ts';
import { positionTable } from './position-table.ts';

/** Whether the user gave an id, or it was made from the conversation. */
export interface GivenId {
  readonly id: string;
  readonly byUser: boolean;
}

/** Told of every id of a source, file by file: what is wrong with it, where it stands somewhere already. */
export interface UniqueIds {
  beginFile(name: string): void;
  problemsOf(given: GivenId, line: number): string[];
}

/** Ids that we make repeat with their conversation alone: staging counts those, and keeps the first. */
export function uniqueIds(): UniqueIds {
  const places = positionTable();
  /** Lines are numbered through all files, so that one number says where an id stands. */
  const files: { readonly name: string; readonly linesBefore: number }[] = [];
  let lines = 0;
  const placeOf = (line: number): string => {
    const file = files.findLast(({ linesBefore }) => linesBefore < line);
    const inFile = file === files.at(-1) ? '' : ` of ${file?.name}`;
    return `line ${line - (file?.linesBefore ?? 0)}${inFile}`;
  };
  return {
    beginFile(name) {
      files.push({ name, linesBefore: lines });
    },
    problemsOf({ id, byUser }, line) {
      lines = (files.at(-1)?.linesBefore ?? 0) + line;
      // Whether the user gave it is its last bit.
      const earlier = places.add(contentHash(id), lines * 2 + Number(byUser));
      if (earlier === undefined || (earlier % 2 === 0 && !byUser)) return [];
      return [`id (line ${line}): "${id}" stands on ${placeOf(Math.floor(earlier / 2))} already; give another id`];
    },
  };
}
