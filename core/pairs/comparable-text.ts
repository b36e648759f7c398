/** A text as the sides of a pair are compared: white space around it and case make no difference. */
export function comparable(text: string): string {
  return text.trim().toLowerCase();
}

/**
 * Whether two texts are the same once the trainer has cut each after `maximumTokens`. A byte is counted as a token: no
 * byte-level tokenizer makes more tokens than bytes, so what the trainer keeps is at least what is compared here.
 */
export function sameBeforeLimit(first: string, second: string, maximumTokens: number): boolean {
  const kept = (text: string) => new TextEncoder().encode(comparable(text)).subarray(0, maximumTokens);
  const [one, other] = [kept(first), kept(second)];
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
