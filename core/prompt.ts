import * as z from 'zod';
import { checkSchema } from './checks/check.ts';

const textPart = z.strictObject({ type: z.literal('text'), text: z.string() });
const imagePart = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: z.string(), detail: z.enum(['auto', 'low', 'high']).optional() }),
});

/** One message in OpenAI chat shape: text, or text and image parts. */
export const messageSchema = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, imagePart])).min(1)]),
});
export type Message = z.infer<typeof messageSchema>;

/** What the student is asked. The last message is the user's; `checks` cost no teacher token. */
export const promptSchema = z.strictObject({
  id: z.string().regex(/^[\w.:-]{1,128}$/, 'use 1 to 128 letters, digits and . _ : -'),
  messages: z
    .array(messageSchema)
    .min(1)
    .refine((messages) => messages.at(-1)?.role === 'user', 'the last message must have the role user'),
  checks: z.array(checkSchema).optional(),
  reference: z.string().optional(),
  tags: z.array(z.string()).optional(),
});
export type Prompt = z.infer<typeof promptSchema>;

/** The text of a message; image parts show as `[image]`. */
export function textOf(message: Message): string {
  if (typeof message.content === 'string') return message.content;
  return message.content.map((part) => (part.type === 'text' ? part.text : '[image]')).join('\n');
}

/** The whole conversation as text, for the judge and for people: `role: text` lines. */
export function conversationText(prompt: Prompt): string {
  const [only, ...more] = prompt.messages;
  if (only && more.length === 0) return textOf(only);
  return prompt.messages.map((message) => `${message.role}: ${textOf(message)}`).join('\n');
}
