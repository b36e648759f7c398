import type { ChatChoice, ChatModel, ChatRequest } from '../server/chat-model.ts';
import { readCase } from '../support-desk/customer-messages.ts';
import { answerChoice, refusalChoice, type VerdictOdds } from './answer-choice.ts';
import { favouredSlot, malformedAnswer, strikes, type TeacherFaults } from './faults.ts';
import { judgeReply } from './judge-reply.ts';
import { type Question, readQuestion, type Shown } from './read-question.ts';
import { writeCritique } from './write-critique.ts';

export interface RuleTeacherOptions {
  readonly id?: string;
  readonly faults?: TeacherFaults;
}

const POLITE_NO = 'I only judge support-desk replies.';

/**
 * The sandbox's teacher: answers the product's own judge prompts about the support desk by rule, as a model would. It
 * reads what stands between the fences and nothing else; `faults` plant what goes wrong with teachers in life.
 */
export function ruleTeacher({ id = 'desk-teacher', faults = {} }: RuleTeacherOptions = {}): ChatModel {
  return {
    id,
    respond(request) {
      const choice = choiceFor(request, faults);
      return { choices: Array.from({ length: request.n ?? 1 }, () => choice) };
    },
  };
}

function choiceFor(request: ChatRequest, faults: TeacherFaults): ChatChoice {
  const question = readQuestion(request);
  if (!question || !isAboutTheDesk(question.request)) return decline(request);
  if (strikes(faults, 'refusals', question)) return refusalChoice('I would rather not judge these replies.');
  if (strikes(faults, 'malformed', question)) return answerChoice(request, malformedAnswer(faults, question));
  switch (question.kind) {
    case 'comparison': {
      const odds = verdictOdds(question, faults);
      return answerChoice(request, JSON.stringify({ winner: likeliest(odds) }), odds);
    }
    case 'critique': {
      const critiques = question.shown.map(({ label, text }) => [label, writeCritique(question.request, text)]);
      return answerChoice(request, JSON.stringify(Object.fromEntries(critiques)));
    }
    case 'score':
      return answerChoice(request, JSON.stringify({ score: judgeReply(question.request, question.response).score }));
  }
}

/** Where JSON was asked for, a refusal as the wire has it; words for anybody else. */
function decline(request: ChatRequest): ChatChoice {
  return request.response_format ? refusalChoice(POLITE_NO) : answerChoice(request, POLITE_NO);
}

function isAboutTheDesk(request: string): boolean {
  const { item, issue } = readCase(request);
  return item !== undefined || issue !== undefined;
}

function verdictOdds(question: Question & { kind: 'comparison' }, faults: TeacherFaults): VerdictOdds {
  const [first, second] = question.shown;
  const gap = judgeReply(question.request, first.text).score - judgeReply(question.request, second.text).score;
  // A biased teacher is no less sure of itself, however close the two are.
  const conviction = Math.max(1, Math.abs(gap));
  if (strikes(faults, 'ties', question)) return tieOdds(first, second);
  if (strikes(faults, 'orderDependent', question)) {
    return oddsOf(first, second, favouredSlot(faults, question) === 0 ? conviction : -conviction);
  }
  if (strikes(faults, 'positionBias', question)) return oddsOf(first, second, conviction);
  if (gap === 0) return tieOdds(first, second);
  return oddsOf(first, second, strikes(faults, 'noise', question) ? -gap : gap);
}

/** Calibrated so that a difference in standing (0.8 points or more) is told at 0.9 or more, one in manners alone below. */
const ODDS_PER_POINT = 2.8;
const NO_DOUBT = 6;
const CHANCE_OF_TIE = 0.01;

/** `gap` is how many points the first is ahead. */
function oddsOf(first: Shown, second: Shown, gap: number): VerdictOdds {
  const logit = Math.max(-NO_DOUBT, Math.min(NO_DOUBT, ODDS_PER_POINT * gap));
  const firstWins = 1 / (1 + Math.exp(-logit));
  return new Map([
    [first.label, (1 - CHANCE_OF_TIE) * firstWins],
    [second.label, (1 - CHANCE_OF_TIE) * (1 - firstWins)],
    ['tie', CHANCE_OF_TIE],
  ]);
}

function tieOdds(first: Shown, second: Shown): VerdictOdds {
  return new Map([
    ['tie', 0.8],
    [first.label, 0.1],
    [second.label, 0.1],
  ]);
}

function likeliest(odds: VerdictOdds): string {
  return [...odds].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
