import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));

/** The folders below functions/ that are functions, such as `plan-run` and `api/start-run`. */
export function functionFolders(): string[] {
  const found = globSync('**/index.ts', { cwd: join(project, 'functions') });
  return found.map((path) => dirname(path).replaceAll(sep, '/')).sort();
}

/**
 * Bundles functions, each with all that it imports, into `<directory>/<folder>/index.mjs`; answers with the directory of
 * each, by folder. `<directory>/metafile.json` tells what is in them (https://esbuild.github.io/analyze/ draws it). It is
 * synchronous, because CDK constructs are; all in one go, that takes about 2 s. Throws where one can not be bundled.
 */
export function bundleFunctions(
  folders: readonly string[],
  directory = temporaryDirectory(),
): ReadonlyMap<string, string> {
  const outdir = resolve(directory);
  rmSync(outdir, { recursive: true, force: true });
  const entries = folders.map((folder) => `functions/${folder}/index.ts`);
  execFileSync(process.execPath, [join(project, 'lib', 'run-esbuild.ts'), outdir, ...entries], { stdio: 'pipe' });
  return new Map(folders.map((folder) => [folder, join(outdir, folder)]));
}

/** CDK copies what it deploys at once; two apps of one checkout must not take each other's functions away. */
function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ratchet-functions-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
