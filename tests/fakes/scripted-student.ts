import type { SampledText, SampleRequest, Student, Tokens } from '../../core/ports.ts';

/** A string stands for a response that stopped by itself; undefined for a request that nobody thought of. */
export type SampleTurn = readonly (string | SampledText)[] | Error | undefined;

/** A student that answers as a test says: `new ScriptedStudent(({ prompt }) => [`reply to ${prompt.id}`])`. */
export class ScriptedStudent implements Student {
  readonly model: string;
  readonly requests: SampleRequest[] = [];
  readonly #turn: (request: SampleRequest, call: number) => SampleTurn;
  readonly #tokens: Tokens;

  constructor(
    turn: (request: SampleRequest, call: number) => SampleTurn,
    { model = 'scripted-student', tokens = { promptTokens: 10, completionTokens: 20 } } = {},
  ) {
    this.#turn = turn;
    this.#tokens = tokens;
    this.model = model;
  }

  async sample(request: SampleRequest) {
    const turn = this.#turn(request, this.requests.push(request) - 1);
    if (turn === undefined) throw new Error(`Unscripted: the student was asked for prompt ${request.prompt.id}`);
    if (!Array.isArray(turn)) throw turn;
    const texts = turn.slice(0, request.count).map(sampledText);
    return { texts, tokens: this.#tokens, calls: 1 };
  }
}

function sampledText(said: string | SampledText): SampledText {
  return typeof said === 'string' ? { text: said, finish: 'stop' } : said;
}
