import { until } from '../emulator/until.ts';
import type { Account } from './account.ts';

/** Who subscribes to the topic of a loop, as an e-mail address would. */
export interface Listener {
  /** The first message with these words, once it is there; its lines as people read them. */
  heard(words: string): Promise<string>;
}

/** A queue that is subscribed to the account's one topic. */
export async function listen(account: Account): Promise<Listener> {
  const { QueueUrl } = await account.json<{ readonly QueueUrl: string }>('sqs', 'AmazonSQS.CreateQueue', {
    QueueName: 'listener',
    Attributes: { Policy: JSON.stringify(openToTopics) },
  });
  const topics = await account.query('sns', '2010-03-31', { Action: 'ListTopics' });
  const subscription = { TopicArn: topics('TopicArn'), Protocol: 'sqs', Endpoint: queueArn };
  await account.query('sns', '2010-03-31', { Action: 'Subscribe', ...subscription });
  const messages: string[] = [];
  const receive = async () => {
    const asked = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 };
    const { Messages = [] } = await account.json<Received>('sqs', 'AmazonSQS.ReceiveMessage', asked);
    for (const { Body, ReceiptHandle } of Messages) {
      messages.push(JSON.parse(Body).Message);
      await account.json('sqs', 'AmazonSQS.DeleteMessage', { QueueUrl, ReceiptHandle });
    }
  };
  return {
    heard: (words) =>
      until(`message with "${words}"`, async () => {
        await receive();
        return messages.find((message) => message.includes(words));
      }),
  };
}

const queueArn = 'arn:aws:sqs:us-east-1:000000000000:listener';
const openToTopics = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: queueArn },
  ],
};

interface Received {
  readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[];
}
