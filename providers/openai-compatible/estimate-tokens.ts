/** English text has about four characters a token; other scripts have fewer, so bytes are counted. */
const BYTES_PER_TOKEN = 4;

/** About how many tokens a text has, where nobody tells. */
export function estimatedTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}
