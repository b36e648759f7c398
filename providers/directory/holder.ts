import { hostname } from 'node:os';
import { errorCode } from './translate-error.ts';

/** Whether the process that took something on this host at `since` (ms) is gone. Of other hosts nothing can be known. */
export function isGoneFromHere({
  pid,
  host,
  since,
}: {
  readonly pid: number;
  readonly host: string;
  readonly since: number;
}) {
  if (host !== hostname()) return false;
  return pid === process.pid ? since < startOfThisProcess() : !isAlive(pid);
}

/** Containers reuse process ids: what has our own id and is older than we are was left by an earlier life. */
function startOfThisProcess(): number {
  return Date.now() - process.uptime() * 1000;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM'; // it lives, and belongs to another user
  }
}
