/** Writes docs/openapi.yaml from lib/api/routes.ts and core/api.ts: `node lib/openapi/write-openapi.ts`. A test insists on a fresh file. */
import { readFile, writeFile } from 'node:fs/promises';
import { openApiPage } from './openapi-page.ts';

const root = new URL('../../', import.meta.url);
const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8'));
await writeFile(new URL('docs/openapi.yaml', root), openApiPage(version));
