/**
 * Makes the base student: `node sandbox/student/pretrain.ts` (about 2 minutes; the same bytes every time).
 * Its text is a mixture of good and bad replies, so the base samples all of them, and feedback has something to teach.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { type Random, randomFor } from '../../core/random.ts';
import { assessReply } from '../support-desk/assess-reply.ts';
import { customerMessage, pick, splitCases } from '../support-desk/customer-messages.ts';
import { deskPrompts } from '../support-desk/prompts.ts';
import { type ReplyKind, reply, replyKinds } from '../support-desk/replies.ts';
import type { Sequence } from './batches.ts';
import { sequenceOf, type Turn } from './conversation.ts';
import { responsesTo } from './evaluate.ts';
import { trainSupervised } from './train-supervised.ts';
import { baseWeightsFile, initialWeights, toSafetensors } from './weights-file.ts';

const seed = 1;
const course = { epochs: 1, batchSize: 32, learningRate: 2e-3, seed };
const steps = Number(process.argv[2] ?? 1000);

/** Shares of the reply kinds; chosen so that about a quarter of the base's samples are fully right. */
const mixture: Readonly<Record<ReplyKind, number>> = { good: 0.3, rude: 0.24, 'wrong-item': 0.2, vague: 0.26 };

const systemMessages = ['Please be kind.', 'You are on a team.', 'Be clear and short.', 'Help again.'];
const smallTalk = ['Hello.', 'Can you help?', 'Good morning.', 'I have a question.'];
const smallReplies = ['Yes.', 'Hello!', 'Good day!', 'Yes please.'];

/** One conversation on a case that is not held out; now and then with a system message or an earlier turn. */
function conversation(random: Random): Sequence {
  const one = pick(splitCases().train, random);
  const turns: Turn[] = [{ role: 'user', text: customerMessage(one, random) }];
  if (random.next() < 0.1) {
    turns.unshift(
      { role: 'user', text: pick(smallTalk, random) },
      { role: 'assistant', text: pick(smallReplies, random) },
    );
  }
  if (random.next() < 0.1) turns.unshift({ role: 'system', text: pick(systemMessages, random) });
  return sequenceOf(turns, reply(pickKind(random), one, random));
}

function pickKind(random: Random): ReplyKind {
  let rest = random.next();
  for (const kind of replyKinds) {
    rest -= mixture[kind];
    if (rest < 0) return kind;
  }
  return 'vague';
}

async function pretrain(): Promise<void> {
  const random = randomFor('pre-training text', seed);
  const sequences = Array.from({ length: steps * course.batchSize }, () => conversation(random));
  const weights = await trainSupervised(initialWeights(seed), sequences, {
    ...course,
    schedule: 'cosine',
    onStep: ({ step, loss }) => {
      if (step % 100 === 0) console.log(`step ${step}: loss ${loss.toFixed(3)}`);
    },
  });
  await mkdir(new URL('./weights/', import.meta.url), { recursive: true });
  await writeFile(baseWeightsFile, toSafetensors(weights));
  const counts: Record<string, number> = {};
  for (const { prompt, texts } of responsesTo(weights, deskPrompts('held-out', 256), { n: 4, seed: 1 })) {
    for (const text of texts)
      for (const [what, holds] of Object.entries(assessReply(prompt, text))) {
        if (holds === true) counts[what] = (counts[what] ?? 0) + 1 / 1024;
      }
  }
  console.log('held-out samples at temperature 1:', counts);
}

await pretrain();
