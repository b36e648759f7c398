const SHOWN = 20;

/** Problems as they are found. One mistake can make millions: the first 20 are kept, the others counted. */
export interface ProblemList {
  add(problems: readonly string[]): void;
  isEmpty(): boolean;
  shown(): string[];
}

export function problemList(): ProblemList {
  const first: string[] = [];
  let left = 0;
  return {
    add(problems) {
      const kept = problems.slice(0, SHOWN - first.length);
      first.push(...kept);
      left += problems.length - kept.length;
    },
    isEmpty: () => first.length === 0,
    shown: () => (left > 0 ? [...first, `and ${left} more`] : first),
  };
}

export function shortened(problems: readonly string[]): string[] {
  const list = problemList();
  list.add(problems);
  return list.shown();
}
