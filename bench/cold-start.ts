/**
 * Size of each function's bundle, and how long Node takes to load it: `npm run bench:cold-start [folder …]`. Each load is in
 * a process of its own, without any environment; the median of 9. Prints a table in Markdown, in which what is over a limit
 * is bold, and fails where a bundle is too large. Time is shown only: other work on the machine shows in it, and less in the
 * CPU time, which is what the load takes of all cores, over a bare Node.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Metafile } from 'esbuild';
import { bundleFunctions, functionFolders } from '../lib/bundle-function.ts';

const MOST_BYTES = 700_000;
const MOST_MILLISECONDS = 80;
const LOADS = 9;

const given = process.argv.slice(2);
const directory = join('.ratchet', 'cold-start');
const bundles = bundleFunctions(given.length > 0 ? given : functionFolders(), directory);
const { outputs } = JSON.parse(readFileSync(join(directory, 'metafile.json'), 'utf8')) as Metafile;

console.log(
  `| function | KB, at most ${MOST_BYTES / 1000} | load, ms, at most ${MOST_MILLISECONDS} | CPU, ms | the heaviest in it, KB |`,
);
console.log('|---|---|---|---|---|');
for (const [folder, bundle] of bundles) {
  const file = join(bundle, 'index.mjs');
  const { size } = statSync(file);
  if (size > MOST_BYTES) process.exitCode = 1;
  const loads = Array.from({ length: LOADS }, () => loadOf(file));
  const load = median(loads.map(({ milliseconds }) => milliseconds));
  const cells = [
    folder,
    marked(Math.ceil(size / 1000), size > MOST_BYTES),
    marked(Math.round(load), load > MOST_MILLISECONDS),
    Math.round(median(loads.map(({ cpuMilliseconds }) => cpuMilliseconds))),
    heaviestIn(folder),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

interface Load {
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
}

function loadOf(file: string): Load {
  const program = `
    const begun = performance.now();
    const before = process.cpuUsage();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    const { user, system } = process.cpuUsage(before);
    const load = { milliseconds: performance.now() - begun, cpuMilliseconds: (user + system) / 1000 };
    process.stdout.write(JSON.stringify(load));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    env: {},
  });
  if (status !== 0) throw new Error(`${file} can not be loaded: ${stderr}`);
  return JSON.parse(stdout.toString()) as Load;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function marked(value: number, isOver: boolean): string {
  return isOver ? `**${value}**` : `${value}`;
}

/** By package, or by folder of ours. */
function heaviestIn(folder: string): string {
  const output = Object.entries(outputs).find(([path]) => path.endsWith(`/cold-start/${folder}/index.mjs`))?.[1];
  const weights = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(output?.inputs ?? {})) {
    const owner = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path.split('/')[0] ?? path;
    weights.set(owner, (weights.get(owner) ?? 0) + bytesInOutput);
  }
  const heaviest = [...weights].sort(([, a], [, b]) => b - a).slice(0, 4);
  return heaviest.map(([owner, bytes]) => `${owner} ${Math.round(bytes / 1000)}`).join(', ');
}
