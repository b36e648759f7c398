import * as z from 'zod';

/** What model calls cost: calls made, tokens as the endpoint reported them, US dollars by the loop file's prices. */
export const usageSchema = z.strictObject({
  calls: z.int().min(0),
  promptTokens: z.int().min(0),
  completionTokens: z.int().min(0),
  usd: z.number().min(0),
});
export type Usage = z.infer<typeof usageSchema>;

/** US dollars per million tokens. */
export const priceSchema = z.strictObject({ prompt: z.number().min(0), completion: z.number().min(0) });
export type Price = z.infer<typeof priceSchema>;

export const noUsage: Usage = { calls: 0, promptTokens: 0, completionTokens: 0, usd: 0 };

export function addUsage(...parts: readonly Usage[]): Usage {
  return parts.reduce(
    (sum, part) => ({
      calls: sum.calls + part.calls,
      promptTokens: sum.promptTokens + part.promptTokens,
      completionTokens: sum.completionTokens + part.completionTokens,
      usd: sum.usd + part.usd,
    }),
    noUsage,
  );
}

/** The usage of one call. */
export function priced(tokens: { promptTokens: number; completionTokens: number }, price: Price): Usage {
  const usd = (tokens.promptTokens * price.prompt + tokens.completionTokens * price.completion) / 1_000_000;
  return { calls: 1, promptTokens: tokens.promptTokens, completionTokens: tokens.completionTokens, usd };
}
