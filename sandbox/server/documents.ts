import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Small JSON documents and blobs in one folder; each write is whole or absent, also after a kill. */
export interface Folder {
  write(name: string, content: string | Uint8Array): Promise<void>;
  read(name: string): Promise<Buffer | undefined>;
  names(): Promise<string[]>;
  remove(name: string): Promise<void>;
}

export async function openFolder(path: string): Promise<Folder> {
  await mkdir(path, { recursive: true });
  let writes = 0;
  return {
    async write(name, content) {
      // Renaming is atomic; a half-written file keeps a name that nobody reads.
      const temporary = join(path, `.${name}.${process.pid}.${writes++}`);
      await writeFile(temporary, content);
      await rename(temporary, join(path, name));
    },
    async read(name) {
      try {
        return await readFile(join(path, name));
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw cause;
      }
    },
    names: async () => (await readdir(path)).filter((name) => !name.startsWith('.')).sort(),
    remove: (name) => rm(join(path, name), { force: true }),
  };
}
