/**
 * What answers chat requests on the sandbox server. The student is one; the rule-based teacher is another. The server
 * does the wire (parsing, ids, usage where it is missing, OpenAI-shaped errors, planted HTTP faults); a model answers.
 */
export interface ChatModel {
  /** The id that requests name in `model`. */
  readonly id: string;
  respond(request: ChatRequest, context: ChatContext): Promise<ChatResult> | ChatResult;
}

export interface ChatContext {
  /** Aborted when the client goes away or the server closes. */
  readonly signal: AbortSignal;
  /** 0 for the first request this model gets since the server started, then 1, 2, … */
  readonly callIndex: number;
}

export interface ChatMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant';
  readonly content: string | readonly ChatPart[];
}

export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

/** The parsed OpenAI body. Absent fields are absent, not defaulted; unknown fields are kept. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly n?: number | undefined;
  readonly temperature?: number | undefined;
  readonly top_p?: number | undefined;
  readonly seed?: number | undefined;
  readonly max_tokens?: number | undefined;
  readonly max_completion_tokens?: number | undefined;
  readonly stop?: string | readonly string[] | undefined;
  readonly logprobs?: boolean | undefined;
  readonly top_logprobs?: number | undefined;
  readonly response_format?: { readonly type: string; readonly [key: string]: unknown } | undefined;
  readonly [key: string]: unknown;
}

export interface ChatResult {
  readonly choices: readonly ChatChoice[];
  /** Counted by words and punctuation where the model does not say. */
  readonly usage?: { readonly promptTokens: number; readonly completionTokens: number };
}

export interface ChatChoice {
  readonly content: string;
  readonly finishReason: 'stop' | 'length' | 'content_filter';
  /** Text of a refusal; `content` is then sent as null. */
  readonly refusal?: string;
  readonly logprobs?: readonly TokenLogprob[];
}

/** Natural logarithms, in the wire's own shape. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly top_logprobs: readonly { readonly token: string; readonly logprob: number }[];
}

/** A model throws this to answer with an OpenAI-shaped error, e.g. a 429 of its own making. */
export class ChatRefusal extends Error {
  override readonly name = 'ChatRefusal';
  readonly status: number;
  readonly code: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string | null, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The text of a message; image parts show as `[image]`. */
export function chatText(message: ChatMessage): string {
  if (typeof message.content === 'string') return message.content;
  return message.content.map((part) => (part.type === 'text' ? part.text : '[image]')).join('\n');
}
