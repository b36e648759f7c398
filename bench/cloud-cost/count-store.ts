import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { partSummarySchema } from '../../core/part-summary.ts';

/** What a run has left in its store. */
export interface Left {
  /** Of its folder, and of the calls that later runs may use again. */
  readonly bytes: number;
  /** Calls of models, by part. */
  readonly calls: Readonly<Record<string, number>>;
}

export async function countStore(client: S3Client, bucket: string, run: string): Promise<Left> {
  let bytes = 0;
  const calls: Record<string, number> = {};
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
    for (const { Key = '', Size = 0 } of Contents) {
      if (!Key.startsWith(`runs/${run}/`) && !isKeptOf(run, Key)) continue;
      bytes += Size;
      const part = /round-1\/([a-z]+)\/\d+\.summary\.json$/.exec(Key)?.[1];
      if (part !== undefined) calls[part] = (calls[part] ?? 0) + (await callsIn(client, bucket, Key));
    }
  }
  return { bytes, calls };
}

function isKeptOf(run: string, key: string): boolean {
  return /^loops\/[^/]+\/calls\//.test(key) && key.split('/').at(-1)?.startsWith(`${run}-`) === true;
}

async function callsIn(client: S3Client, bucket: string, key: string): Promise<number> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return partSummarySchema.parse(JSON.parse((await Body?.transformToString()) ?? '')).usage.calls;
}
