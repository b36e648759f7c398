import * as z from 'zod';
import {
  type answerApprovalSchema,
  pairListSchema,
  reportLinkSchema,
  type rollBackSchema,
  runListSchema,
  runViewSchema,
  type StartRun,
  type stopRunSchema,
  studentViewSchema,
} from '../../core/api.ts';
import { ProviderAnswerUnreadable } from '../../core/errors.ts';
import type { ApiRequest, Send } from './send.ts';

/** The HTTP API of a deployed loop (docs/api.md), a method for each route. Each throws what Send throws. */
export type LoopApi = ReturnType<typeof loopApi>;

export function loopApi(send: Send) {
  const ask = async <T extends z.ZodType>(answer: T, request: ApiRequest): Promise<z.output<T>> => {
    const read = answer.safeParse(await send(request));
    if (read.success) return read.data;
    throw new ProviderAnswerUnreadable(
      `The API answers ${request.method} ${request.path} otherwise than this version of Ratchet knows it; deploy the same version. ${z.prettifyError(read.error)}`,
      { cause: read.error },
    );
  };
  const get = <T extends z.ZodType>(answer: T, path: string, query: ApiRequest['query'] = {}) =>
    ask(answer, { method: 'GET', path, query });
  const post = <T extends z.ZodType>(answer: T, path: string, body: unknown) =>
    ask(answer, { method: 'POST', path, body });
  return {
    startRun: (body: StartRun, idempotencyKey: string) =>
      ask(runViewSchema, { method: 'POST', path: '/runs', body, idempotencyKey }),
    listRuns: (query: { readonly limit?: number; readonly next?: string }) => get(runListSchema, '/runs', query),
    getRun: (run: string) => get(runViewSchema, `/runs/${run}`),
    stopRun: (run: string, body: z.input<typeof stopRunSchema>) => post(runViewSchema, `/runs/${run}/stop`, body),
    resumeRun: (run: string) => post(runViewSchema, `/runs/${run}/resume`, undefined),
    answerApproval: (run: string, body: z.input<typeof answerApprovalSchema>) =>
      post(runViewSchema, `/runs/${run}/approval`, body),
    listPairs: (
      run: string,
      query: { readonly round?: number | undefined; readonly limit: number; readonly next?: string | undefined },
    ) => get(pairListSchema, `/runs/${run}/pairs`, query),
    getReport: (run: string) => get(reportLinkSchema, `/runs/${run}/report`),
    getStudent: () => get(studentViewSchema, '/student'),
    rollBack: (body: z.input<typeof rollBackSchema>) => post(studentViewSchema, '/student/rollback', body),
  };
}
