import { runProgram } from '../emulator/run-program.ts';
import type { Emulator } from '../emulator/start-emulator.ts';

/** The processes in which the emulator runs a function; one that is warm waits for the next event. */
export async function workersOf({ folder }: Emulator, functionName: string): Promise<number[]> {
  const isWorker = new RegExp(`^ *(\\d+) .*${folder}/ministack-lambda-${functionName}-\\w{8}/`);
  const processes = await runProgram('ps', ['-A', '-o', 'pid=,args=']);
  const found = processes.split('\n').map((line) => isWorker.exec(line)?.[1]);
  return found.filter((pid) => pid !== undefined).map(Number);
}

/** Sends a signal to all of them; one that has ended meanwhile needs none. */
export async function signalWorkers(
  emulator: Emulator,
  functionName: string,
  signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT',
): Promise<number> {
  const workers = await workersOf(emulator, functionName);
  for (const worker of workers) {
    try {
      process.kill(worker, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  return workers.length;
}
