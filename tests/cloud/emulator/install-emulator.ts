import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProgram } from './run-program.ts';

const cache = join(import.meta.dirname, '../../../.ratchet/emulator');
const requirements = join(import.meta.dirname, 'requirements.txt');
const corrections = join(import.meta.dirname, 'corrections.patch');

/**
 * Installs MiniStack, an AWS emulator in Python, with our corrections, into a virtual environment. Only the first call
 * does anything.
 *
 * @returns the Python that has it.
 * @throws Error when there is no Python 3.10, or the packages can't be had.
 */
export async function installEmulator(): Promise<string> {
  const folder = join(cache, await version());
  if (!(await exists(folder))) await install(folder);
  return pythonOf(folder);
}

/** A change of requirements or corrections is another version. */
async function version(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [requirements, corrections]) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 12);
}

/** Made beside its place and then moved there, so that what is there is whole, also when two install at once. */
async function install(folder: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(`${folder}.`);
  try {
    await makeVirtualEnvironment(draft);
    await runProgram(pythonOf(draft), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
    await correct(draft);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(folder))) throw error;
  }
}

async function makeVirtualEnvironment(folder: string): Promise<void> {
  try {
    await runProgram('python3', ['-c', 'import sys; assert sys.version_info >= (3, 10), sys.version']);
    await runProgram('python3', ['-m', 'venv', folder]);
  } catch (cause) {
    throw new Error(
      'The cloud tests run on an AWS emulator, which needs Python 3.10 or newer with its venv module (python3 on the PATH).',
      { cause },
    );
  }
}

async function correct(folder: string): Promise<void> {
  const packages = await runProgram(pythonOf(folder), ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))']);
  const cwd = packages.trim();
  // Git has to take the folder for what it is, and not for a part of our repository.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(cwd) };
  await runProgram('git', ['apply', corrections], { cwd, env });
}

function pythonOf(folder: string): string {
  return join(folder, 'bin/python');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
