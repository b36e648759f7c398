/** Writes what is generated from core/loop.ts: `node lib/loop-file/write-loop-docs.ts`. A test insists on fresh files. */
import { readFile, writeFile } from 'node:fs/promises';
import { loopJsonSchema, loopPage } from './loop-page.ts';

const root = new URL('../../', import.meta.url);
const example = await readFile(new URL('loops/support-desk.yaml', root), 'utf8');
await writeFile(new URL('loops/loop.schema.json', root), loopJsonSchema());
await writeFile(new URL('docs/loop-file.md', root), loopPage(example));
