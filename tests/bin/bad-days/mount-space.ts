import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Outcome } from '../command-line.ts';

/** A shell with mounts of its own, which end with it; tests that need a small disk or a read-only one run in it. */
export interface MountSpace {
  /** A directory that only looks empty from outside. */
  readonly disk: string;
  /** Runs a command line to its end. */
  run(command: string): Promise<Outcome>;
  /** The command line of Ratchet. */
  ratchet(...words: string[]): Promise<Outcome>;
  close(): Promise<void>;
}

/** As anybody where the system allows that, else as root. */
const ways = [['--user', '--map-root-user', '--mount'], ['--mount']];
const way = ways.find((flags) => {
  const tried = spawnSync('unshare', [...flags, 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', tmpdir()]);
  return tried.status === 0;
});

/** Why such tests can't run here; undefined where they can. */
export const noMounts = way ? undefined : 'left out: this system lets nobody mount a disk of his own (unshare --mount)';

const program = join(import.meta.dirname, '../../../bin/ratchet.ts');

export async function openMountSpace(megabytes: number): Promise<MountSpace> {
  const scratch = await mkdtemp(join(tmpdir(), 'ratchet-mounts-'));
  const disk = await mkdtemp(join(tmpdir(), 'ratchet-disk-'));
  const shell = spawn('unshare', [...(way ?? []), 'sh'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: shell.stdout });
  async function run(command: string): Promise<Outcome> {
    const said = once(lines, 'line');
    shell.stdin.write(`(${command}) >${scratch}/stdout 2>${scratch}/stderr </dev/null; echo $?\n`);
    const [code] = (await said) as [string];
    const [stdout, stderr] = await Promise.all(
      ['stdout', 'stderr'].map((name) => readFile(join(scratch, name), 'utf8')),
    );
    return { code: Number(code), signal: null, stdout: stdout!.split('\n').slice(0, -1), stderr: stderr! };
  }
  await run(`mount -t tmpfs -o size=${megabytes}m tmpfs ${disk}`);
  return {
    disk,
    run,
    ratchet: (...words) => run([process.execPath, program, ...words, '--store', disk].join(' ')),
    async close() {
      shell.stdin.end();
      await once(shell, 'close');
      await Promise.all([scratch, disk].map((directory) => rm(directory, { recursive: true, force: true })));
    },
  };
}
