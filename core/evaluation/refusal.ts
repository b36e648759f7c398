import type { Response } from '../response.ts';

const sorry =
  /(?:(?:(?:i|we)(?:['’](?:m|re)| am| are)? )?(?:very |so )?(?:sorry|apologi[sz]e|apologies|unfortunately)\W+(?:but\W+)?)?/;
const cannot =
  /(?:i|we)(?:['’](?:m|re)| am| are)? (?:can['’]?t|can ?not|won['’]?t|will not|(?:un|not )able to|must decline to)/;
const theRequest =
  /(?:(?:help|assist)(?: you)? with|comply with|fulfil?l|answer|do|discuss) (?:that|this|it|(?:that|this|your|the) (?:request|question|topic))/;

/**
 * A refusal in words: the response opens by declining the request as a whole. It is narrow on purpose: an apology, or a
 * refund that can't be given, is what a good response may say. English only; `finish` tells the rest.
 */
const refusalInWords = new RegExp(
  `^\\W*${sorry.source}(?:${cannot.source} ${theRequest.source}\\s*(?:$|[.,;:!–—-])|as an ai\\b[^.!?]{0,40}\\b${cannot.source})`,
  'i',
);

/** Whether the model, or a filter in front of it, declined to respond. */
export function isRefusal(response: Pick<Response, 'text' | 'finish'>): boolean {
  return response.finish === 'refusal' || response.finish === 'filtered' || refusalInWords.test(response.text);
}
