/**
 * The desk's word-level language. A text is lower-case words and single punctuation marks; capitals and spaces follow
 * from position, so every text that the desk writes comes back byte for byte (`decode(encode(text)) === text`).
 * The order is frozen: shipped weights are rows of it.
 */
export const specialTokens = ['<pad>', '<unk>', '<system>', '<user>', '<assistant>', '<end>'] as const;

const marks = '! , . ?';
const words =
  `a about after all am and apologise are arrived away back backpack best big blender bother box broken by came
can card cares chair charge charged charges clock complaining cracked day days dear do does double drill due exchange express
fault few fine fit fix fool for free from get go goes good got had happy has have hear hello help hi i if important in into
is it its jacket kettle kind know lamp last late let look manual me message mirror missing money morning my new nobody
nonsense not nothing now of on one opened our out own paid parcel part patience piece please question read refund regards
replace replacement right rug second send seriously shows size small so someone soon sorry spare still stop stopped stupid
swap take team telling tent thank that the there this times to toaster today too track trouble twice two us very wait waiting
was way we week what whatever where will with without work working wrong you your
again anything clear found kindly short yes`
    .split(/\s+/)
    .filter((word) => /^\p{L}+$/u.test(word));

export const vocabulary: readonly string[] = [...specialTokens, ...marks.split(' '), ...words];
const idOf = new Map(vocabulary.map((token, id) => [token, id]));

/** Token ids of the special tokens; `end` closes each turn of the assistant. */
export const special = { pad: 0, unknown: 1, system: 2, user: 3, assistant: 4, end: 5 } as const;

/** Words and marks, in lower case; what the vocabulary lacks is `<unk>`. */
export function encode(text: string): number[] {
  return split(text).map((word) => idOf.get(word) ?? special.unknown);
}

export function decode(ids: readonly number[]): string {
  let text = '';
  for (const id of ids) text += tokenText(id, text);
  return text;
}

/** What a token adds to the text before it: with its space and capital. Pieces joined are the text. */
export function tokenText(id: number, before: string): string {
  const token = vocabulary[id] ?? '<unk>';
  if (/^[!,.?]$/.test(token)) return token;
  const word = token === 'i' || /(^|[.!?])$/.test(before) ? token[0]?.toUpperCase() + token.slice(1) : token;
  return before === '' ? word : ` ${word}`;
}

/** Words and marks of any text; also how usage is counted for models without a tokenizer. */
export function split(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];
}
