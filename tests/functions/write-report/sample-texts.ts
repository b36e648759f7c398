import type { RoundReport } from '../../../core/report.ts';

export const samplePairs: RoundReport['gallery'] = [
  {
    prompt: 'Hi, my kettle arrived broken. Can you help?',
    chosen: 'I am sorry about your kettle. We will send a replacement today.',
    rejected: 'Stop complaining about the kettle. Whatever.',
    margin: 0.96,
    decidedBy: 'teacher',
    critiques: {
      chosen: 'Apologises, names the kettle and says what happens next. A delivery day would make it better.',
      rejected: 'Rude, and offers nothing. It should apologise and offer a replacement.',
    },
  },
  {
    prompt: 'Dear team, my drill is late. Please help me.',
    chosen: 'Thank you for telling us about the drill. We will track the parcel now.',
    rejected: 'So sorry to hear about your lamp. It goes out by express today.',
    margin: 0.5,
    decidedBy: 'checks',
    critiques: null,
  },
];

export function sampleReplies(promote: boolean): RoundReport['beforeAfter'] {
  return [
    {
      prompt: 'Good morning, a part of the jacket is missing.',
      incumbent: promote
        ? 'Your message is important to us. Please wait a few days.'
        : 'I apologise for the jacket. The spare part is on its way.',
      candidate: promote
        ? 'I apologise for the jacket. The spare part is on its way.'
        : 'sorry sorry jacket jacket the the spare spare part part today today today',
      incumbentRight: !promote,
      candidateRight: promote,
      outcome: promote ? 'win' : 'loss',
    },
    {
      prompt: 'Hello, you charged me twice for the rug.',
      incumbent: 'Hello, and sorry for the trouble. We will refund the second charge for the rug today.',
      candidate: 'We are sorry about the rug. Your refund is on its way.',
      incumbentRight: true,
      candidateRight: true,
      outcome: 'tie',
    },
  ];
}
