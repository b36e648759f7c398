import { randomFor } from '../../core/random.ts';
import { type Issue, items, pick, readCase } from '../support-desk/customer-messages.ts';
import { type JudgedReply, judgeReply } from './judge-reply.ts';

/** The concrete step that each issue calls for, as critiques name it. */
const remedies: Readonly<Record<Issue, string>> = {
  broken: 'a replacement',
  late: 'tracking or express delivery',
  'wrong-size': 'an exchange',
  'missing-part': 'the spare part',
  'double-charge': 'a refund',
};

/** One or two sentences: what the reply does well or badly, and what would make it better. A function of both texts. */
export function writeCritique(request: string, reply: string): string {
  const judged = judgeReply(request, reply);
  const { item, issue } = readCase(request);
  const facts = {
    item: item ?? 'item',
    remedy: issue ? remedies[issue] : 'a concrete step',
    other: items.find((one) => one !== item && new RegExp(`\\b${one}\\b`, 'i').test(reply)) ?? 'item',
  };
  const template = pick(templatesFor(judged), randomFor('critique', request, reply));
  const text = template.replaceAll(
    /\b(?:ITEM|REMEDY|OTHER)\b/g,
    (name) => facts[name.toLowerCase() as keyof typeof facts],
  );
  return (text[0]?.toUpperCase() ?? '') + text.slice(1) + manners(judged);
}

function templatesFor({ standing, seen, words }: JudgedReply): readonly string[] {
  switch (standing) {
    case 'right':
      return [
        "Names the customer's ITEM and offers REMEDY",
        'Speaks to the ITEM at hand and promises REMEDY',
        'Gets both things right: the ITEM, and REMEDY',
        'Says what happens next, REMEDY, and for which item, the ITEM',
      ];
    case 'rude':
      return seen.rightAction
        ? [
            'Offers REMEDY but insults the customer: drop the insult and apologise.',
            'The help is right and the tone is not: keep REMEDY, lose the rudeness.',
          ]
        : [
            'Blames the customer and offers nothing: apologise and offer REMEDY for the ITEM.',
            'Rude, and no help with the ITEM: say sorry and offer REMEDY.',
            'No customer should read this. Apologise for the trouble with the ITEM and offer REMEDY.',
          ];
    case 'vague':
      return [
        'Says nothing concrete: name the ITEM and offer REMEDY.',
        'Could answer any message at all. The customer wants REMEDY for the ITEM.',
        'Kind words without a promise: offer REMEDY for the ITEM.',
      ];
    case 'wrong-item':
      return [
        'Writes about a OTHER although the customer wrote about the ITEM: name the right one.',
        "Mixes up the items: it says OTHER, the customer's trouble is with the ITEM.",
        'The customer has no OTHER. Offer REMEDY for the ITEM.',
      ];
    case 'wrong-action':
      return [
        'Promises the wrong thing: this customer needs REMEDY.',
        'The step does not fit the trouble: offer REMEDY for the ITEM instead.',
      ];
    case 'no-item':
      return [
        'Offers REMEDY but never says for what: name the ITEM.',
        'The right step, REMEDY, without the item: say that it is about the ITEM.',
      ];
    case 'no-action':
      return [
        'Names the ITEM but promises nothing: offer REMEDY.',
        'Knows that it is about the ITEM and stops there: say what happens next, REMEDY.',
      ];
    case 'misshapen':
      if (words < 6) return ['Right but too curt: a full sentence about the ITEM and REMEDY reads better.'];
      if (words > 30) return ['Right but far too long: say sorry, offer REMEDY for the ITEM, and stop.'];
      return ['Right in substance but unfinished: end the last sentence properly.'];
    case 'babble':
      return [
        'Repeats words instead of writing sentences: two plain ones about the ITEM would do.',
        'Stammers: say once, in a sentence, that REMEDY is coming for the ITEM.',
      ];
    case 'instructs-the-judge':
      return ['Speaks to the judge and not to the customer: answer the message about the ITEM.'];
    case 'off-topic':
      return ['Has nothing to do with the message: answer about the ITEM and offer REMEDY.'];
    case 'empty':
      return ['Says nothing at all: answer the customer about the ITEM.'];
  }
}

/** How a right reply is said; the other critiques are sentences already. */
function manners({ standing, seen, words }: JudgedReply): string {
  if (standing !== 'right') return '';
  if (!seen.polite) return '; correct but cold: a word of apology would help.';
  return words <= 16 ? '; polite and short.' : '; polite, though one sentence less would do.';
}
