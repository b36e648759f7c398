import { contentHash } from '../../core/random.ts';
import { ApiError } from './api-error.ts';
import { type Folder, openFolder } from './documents.ts';
import { type Call, json, page, type Route } from './http.ts';

/** A file as OpenAI lists it. */
export interface FileObject {
  readonly id: string;
  readonly object: 'file';
  readonly bytes: number;
  readonly created_at: number;
  readonly filename: string;
  readonly purpose: string;
  readonly status: 'processed';
}

export interface Files {
  readonly routes: readonly Route[];
  /** The content of a file, absent if there is none. */
  content(id: string): Promise<Buffer | undefined>;
}

export async function openFiles(directory: string): Promise<Files> {
  const folder = await openFolder(directory);
  const content = async (id: string): Promise<Buffer | undefined> =>
    isFileId(id) ? folder.read(`${id}.jsonl`) : undefined;
  const routes: Route[] = [
    { pattern: 'POST /v1/files', answer: async (call) => json(await keep(folder, call)) },
    { pattern: 'GET /v1/files', answer: async ({ query }) => page(await list(folder, query), query) },
    { pattern: 'GET /v1/files/:id', answer: async (_, id) => json(await describe(folder, id)) },
    {
      pattern: 'GET /v1/files/:id/content',
      answer: async (_, id) => ({ kind: 'bytes', body: (await content(id)) ?? missing(id) }),
    },
    {
      pattern: 'DELETE /v1/files/:id',
      async answer(_, id) {
        await describe(folder, id);
        await folder.remove(`${id}.json`);
        await folder.remove(`${id}.jsonl`);
        return json({ id, object: 'file', deleted: true });
      },
    },
  ];
  return { routes, content };
}

/** The id is a function of name, purpose and bytes: the same upload again is the same file. */
async function keep(folder: Folder, call: Call): Promise<FileObject> {
  const form = await readForm(call);
  const file = form.get('file');
  const purpose = form.get('purpose');
  if (!(file instanceof File)) throw new ApiError(400, "'file' is a required property", { param: 'file' });
  if (typeof purpose !== 'string') throw new ApiError(400, "'purpose' is a required property", { param: 'purpose' });
  const bytes = Buffer.from(await file.arrayBuffer());
  const id = `file-${contentHash(JSON.stringify([file.name, purpose, bytes.toString('latin1')])).slice(0, 24)}`;
  const known = await folder.read(`${id}.json`);
  if (known) return JSON.parse(known.toString()) as FileObject;
  const created_at = Math.floor(Date.now() / 1000);
  const described: FileObject = {
    id,
    object: 'file',
    bytes: bytes.length,
    created_at,
    filename: file.name,
    purpose,
    status: 'processed',
  };
  // The description comes last: a file that is described has its content.
  await folder.write(`${id}.jsonl`, bytes);
  await folder.write(`${id}.json`, JSON.stringify(described));
  return described;
}

async function readForm({ headers, body }: Call): Promise<FormData> {
  try {
    // The platform parses multipart by itself.
    const type = { 'content-type': headers['content-type'] ?? '' };
    return await new Response(new Uint8Array(body), { headers: type }).formData();
  } catch {
    throw new ApiError(400, 'Upload files as multipart/form-data with the fields file and purpose.');
  }
}

async function list(folder: Folder, query: URLSearchParams): Promise<FileObject[]> {
  const names = (await folder.names()).filter((name) => name.endsWith('.json'));
  const files = await Promise.all(names.map(async (name) => describe(folder, name.slice(0, -'.json'.length))));
  const purpose = query.get('purpose');
  return files
    .filter((file) => purpose === null || file.purpose === purpose)
    .sort((a, b) => b.created_at - a.created_at || a.id.localeCompare(b.id));
}

async function describe(folder: Folder, id: string): Promise<FileObject> {
  const known = isFileId(id) ? await folder.read(`${id}.json`) : undefined;
  return known ? (JSON.parse(known.toString()) as FileObject) : missing(id);
}

function missing(id: string): never {
  throw new ApiError(404, `No such File object: ${id}`, { param: 'id' });
}

/** Ids become file names, so nothing else may pass. */
function isFileId(id: string): boolean {
  return /^file-[0-9a-f]+$/.test(id);
}
