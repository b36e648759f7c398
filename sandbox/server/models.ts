import { contentHash } from '../../core/random.ts';
import type { Weights } from '../student/shape.ts';
import { baseWeightsFile, fromSafetensors, loadWeights, toSafetensors } from '../student/weights-file.ts';
import { ApiError, modelNotFound } from './api-error.ts';
import type { ChatModel } from './chat-model.ts';
import { openFolder } from './documents.ts';
import { json, type Route } from './http.ts';
import { studentModel } from './student-model.ts';

/** The id of the student that ships with the product. */
export const baseModel = 'desk-base';

/** Weights in memory at once; 0.5 MB each. */
const mostLoaded = 16;

export interface Models {
  readonly routes: readonly Route[];
  /** Any chat model: the base, a fine-tuned student or checkpoint, or the teacher. */
  find(id: string): Promise<ChatModel | undefined>;
  /** Weights of a student, absent for other models. */
  weights(id: string): Promise<Weights | undefined>;
  keep(id: string, weights: Weights): Promise<void>;
}

export async function openModels(directory: string, others: readonly ChatModel[]): Promise<Models> {
  const folder = await openFolder(directory);
  const loaded = new Map<string, Weights>();
  const fileOf = (id: string): string => `${contentHash(id)}.safetensors`;
  const index = new Set(JSON.parse(String((await folder.read('index.json')) ?? '[]')) as string[]);
  const saveIndex = (): Promise<void> => folder.write('index.json', JSON.stringify([...index]));

  async function weights(id: string): Promise<Weights | undefined> {
    const known = loaded.get(id);
    if (known) return known;
    const found = id === baseModel ? await loadWeights(baseWeightsFile) : await stored(id);
    if (found) loaded.set(id, found);
    for (const oldest of [...loaded.keys()].slice(0, Math.max(0, loaded.size - mostLoaded))) loaded.delete(oldest);
    return found;
  }
  async function stored(id: string): Promise<Weights | undefined> {
    const file = index.has(id) ? await folder.read(fileOf(id)) : undefined;
    return file && fromSafetensors(file);
  }
  const ids = (): string[] => [baseModel, ...others.map(({ id }) => id), ...index];
  return {
    weights,
    async find(id) {
      const other = others.find((model) => model.id === id);
      if (other) return other;
      const found = await weights(id);
      return found && studentModel(id, found);
    },
    async keep(id, values) {
      // Weights first: a name in the index has its file.
      await folder.write(fileOf(id), toSafetensors(values));
      index.add(id);
      await saveIndex();
    },
    routes: [
      { pattern: 'GET /v1/models', answer: () => json({ object: 'list', data: ids().map(describe) }) },
      {
        pattern: 'GET /v1/models/:id',
        answer: (_, id) => {
          if (!ids().includes(id)) throw modelNotFound(id);
          return json(describe(id));
        },
      },
      {
        pattern: 'DELETE /v1/models/:id',
        async answer(_, id) {
          if (!ids().includes(id)) throw modelNotFound(id);
          if (!index.has(id))
            throw new ApiError(403, `The model \`${id}\` is not yours to delete.`, { param: 'model' });
          index.delete(id);
          loaded.delete(id);
          await saveIndex();
          await folder.remove(fileOf(id));
          return json({ id, object: 'model', deleted: true });
        },
      },
    ],
  };
}

function describe(id: string): unknown {
  return { id, object: 'model', created: 0, owned_by: id.startsWith('ft:') ? 'org-sandbox' : 'sandbox' };
}
