import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandOutput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { named, onS3, type S3Object, urlOf } from './s3-object.ts';

/** An object that is sent in parts and appears with its completion. */
export interface Upload {
  /** The bytes may be overwritten once it resolves. */
  add(bytes: Uint8Array): Promise<void>;
  /** Throws what the SDK throws: its caller knows what a refusal means. */
  complete(conditions: { IfNoneMatch?: '*'; IfMatch?: string }): Promise<CompleteMultipartUploadCommandOutput>;
  /** Never throws: it must not hide why the upload ended. What it leaves, the bucket's lifecycle rule takes away. */
  abort(): Promise<void>;
}

type Attributes = Pick<CreateMultipartUploadCommandInput, 'ContentType' | 'Metadata'>;

export async function beginUpload(object: S3Object, attributes: Attributes): Promise<Upload> {
  const { client } = object;
  // With the checksum said here, each part's is checked again when they are put together.
  const create = new CreateMultipartUploadCommand({ ...named(object), ...attributes, ChecksumAlgorithm: 'CRC32' });
  const { UploadId } = await onS3(object, client.send(create));
  if (UploadId === undefined) throw object.translate(urlOf(object), new Error('S3 began an upload without an id'));
  const upload = { ...named(object), UploadId };
  const parts: CompletedPart[] = [];
  return {
    async add(bytes) {
      const PartNumber = parts.length + 1;
      const send = client.send(
        new UploadPartCommand({ ...upload, PartNumber, Body: bytes, ChecksumAlgorithm: 'CRC32' }),
      );
      const { ETag, ChecksumCRC32 } = await onS3(object, send);
      parts.push({ PartNumber, ETag, ChecksumCRC32 });
    },
    complete(conditions) {
      return client.send(
        new CompleteMultipartUploadCommand({ ...upload, ...conditions, MultipartUpload: { Parts: parts } }),
      );
    },
    async abort() {
      await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    },
  };
}
