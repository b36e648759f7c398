/** The first execution of a run has its name; the second is `<run>.2`. Names of runs have no dots. */
export function runOfExecution(name: string): string {
  return name.split('.')[0] ?? name;
}

export function nextExecution(name: string): string {
  const [run, number = '1'] = name.split('.');
  return `${run}.${Number(number) + 1}`;
}
