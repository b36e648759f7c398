import * as z from 'zod';

/** What a kind of check means: whether a text passes, and what the check is called in reports. */
export interface Rules<Check> {
  passes(check: Check, text: string): boolean;
  nameOf(check: Check): string;
}

export interface Kind<Schema extends z.ZodType> extends Rules<z.output<Schema>> {
  readonly schema: Schema;
}

export function defineKind<Schema extends z.ZodType>(schema: Schema, rules: Rules<z.output<Schema>>): Kind<Schema> {
  return { schema, ...rules };
}

export const phrases = z.array(z.string().min(1)).min(1);

export interface Bounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** How many of something, inclusive; at least one of min and max is given. What has to be there can't be 0 at most. */
export function withBounds<Shape extends z.ZodRawShape>(shape: Shape, leastMaximum: 0 | 1 = 0) {
  const bounds = { min: z.int().min(0).optional(), max: z.int().min(leastMaximum).optional() };
  return z
    .strictObject({ ...shape, ...bounds })
    .refine((check) => isBounded(check as Bounds), 'give min or max')
    .refine((check) => isRange(check as Bounds), 'min is above max; give a range');
}

function isBounded({ min, max }: Bounds): boolean {
  return min !== undefined || max !== undefined;
}

function isRange({ min = 0, max = min }: Bounds): boolean {
  return min <= max;
}

export function isWithin(count: number, { min, max }: Bounds): boolean {
  return count >= (min ?? 0) && count <= (max ?? Number.POSITIVE_INFINITY);
}

/** `3 to ∞`, or `exactly 3` */
export function amount({ min, max }: Bounds): string {
  return min === max ? `exactly ${min}` : `${min ?? 0} to ${max ?? '∞'}`;
}

/** A text as a name may show it: one line, not long. */
export function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 40 ? `${line.slice(0, 40)}…` : line;
}
