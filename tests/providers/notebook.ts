/** A patience that waits in its notebook only. */
export function notebook(jitter = 0.5, tries = 8) {
  const waits: number[] = [];
  return { waits, tries, jitter: () => jitter, wait: async (seconds: number) => waits.push(seconds) };
}
