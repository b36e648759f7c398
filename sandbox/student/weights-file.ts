import { readFile } from 'node:fs/promises';
import { contentHash, randomFor } from '../../core/random.ts';
import { vocabulary } from '../support-desk/vocabulary.ts';
import { parameterShapes, sizeOf, type Weights } from './shape.ts';

/** The base student, as shipped; `pretrain.ts` made it. */
export const baseWeightsFile = new URL('./weights/desk-base.safetensors', import.meta.url);

/** Rows of the token table mean words, so weights are bound to the vocabulary they were trained with. */
const vocabularyHash = contentHash(vocabulary.join(' '));

/** Normal, standard deviation 0.02 by width⁻½ scaling for matrices; norms start at 1. */
export function initialWeights(seed: number): Weights {
  return Object.fromEntries(
    [...parameterShapes].map(([name, dimensions]) => {
      const values = new Float32Array(sizeOf(dimensions));
      const random = randomFor('initial weights', seed, name);
      const scale = dimensions.length === 1 ? 0 : name === 'positions' || name === 'tokens' ? 0.1 : 0.08;
      for (let i = 0; i < values.length; i++)
        values[i] = scale === 0 ? 1 : scale * normal(random.next(), random.next());
      return [name, values];
    }),
  );
}

/** safetensors: u64 header length, JSON header, little-endian tensors. https://huggingface.co/docs/safetensors */
export function toSafetensors(weights: Weights): Uint8Array {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: { vocabulary: vocabularyHash } };
  for (const [name, dimensions] of parameterShapes) {
    const bytes = sizeOf(dimensions) * 4;
    header[name] = { dtype: 'F32', shape: dimensions, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const json = JSON.stringify(header);
  // The format wants tensors aligned to 8 bytes; it allows trailing spaces in the header.
  const head = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(head.length));
  const tensors = [...parameterShapes.keys()].map((name) => bytesOf(weights[name] as Float32Array));
  return Buffer.concat([length, head, ...tensors]);
}

export function fromSafetensors(file: Uint8Array): Weights {
  const buffer = Buffer.from(file);
  const start = 8 + Number(buffer.readBigUInt64LE(0));
  const header = JSON.parse(buffer.toString('utf8', 8, start)) as Record<string, { data_offsets: [number, number] }> & {
    __metadata__?: { vocabulary?: string };
  };
  if (header.__metadata__?.vocabulary !== vocabularyHash) throw new Error('these weights are of another vocabulary');
  return Object.fromEntries(
    [...parameterShapes].map(([name, dimensions]) => {
      const [from, to] = header[name]?.data_offsets ?? [0, 0];
      if (to - from !== sizeOf(dimensions) * 4) throw new Error(`these weights have another shape of ${name}`);
      // A copy, because a Float32Array wants its buffer aligned to 4 bytes.
      const bytes = Uint8Array.prototype.slice.call(buffer, start + from, start + to);
      return [name, new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)];
    }),
  );
}

export async function loadWeights(file: URL | string): Promise<Weights> {
  return fromSafetensors(await readFile(file));
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Box–Muller; `u` in [0, 1) is turned round so that the logarithm is finite. */
function normal(u: number, v: number): number {
  return Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v);
}
