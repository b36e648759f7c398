import type { Teacher, TeacherAnswer, TeacherRequest, Tokens } from '../../core/ports.ts';

/** A string is the answer's text; an object stands for JSON, as `{ winner: 'A' }`; undefined for an unscripted request. */
export type AskTurn =
  | string
  | { readonly json: unknown }
  | { readonly answer: Partial<TeacherAnswer> }
  | Error
  | undefined;

/** A teacher that answers as a test says: `new ScriptedTeacher(() => ({ json: { winner: 'A' } }))`. */
export class ScriptedTeacher implements Teacher {
  readonly model: string;
  readonly requests: TeacherRequest[] = [];
  readonly #turn: (request: TeacherRequest, call: number) => AskTurn;
  readonly #tokens: Tokens;

  constructor(
    turn: (request: TeacherRequest, call: number) => AskTurn,
    { model = 'scripted-teacher', tokens = { promptTokens: 100, completionTokens: 5 } } = {},
  ) {
    this.#turn = turn;
    this.#tokens = tokens;
    this.model = model;
  }

  async ask(request: TeacherRequest): Promise<TeacherAnswer> {
    const turn = this.#turn(request, this.requests.push(request) - 1);
    if (turn === undefined) throw new Error(`Unscripted: the teacher was asked ${JSON.stringify(request.messages)}`);
    if (turn instanceof Error) throw turn;
    const plain = { text: '', finish: 'stop', tokens: this.#tokens, calls: 1 } as const;
    if (typeof turn === 'string') return { ...plain, text: turn };
    return 'json' in turn ? { ...plain, text: JSON.stringify(turn.json) } : { ...plain, ...turn.answer };
  }
}
