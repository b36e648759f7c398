import { insistOnTrainer, type Loop } from '../core/loop.ts';
import { openaiTrainer } from '../providers/openai-compatible/trainer.ts';
import { endpointClients } from './endpoint-client.ts';
import type { ServiceOptions, Services } from './services.ts';

/** Both are below the time of the functions that ask (lib/step-needs.ts): 120 s to look at a job, 900 s for two uploads. */
const CALL_SECONDS = 60;
const UPLOAD_SECONDS = 300;

/** Who trains the student. */
export function trainingServices(options: ServiceOptions): Pick<Services, 'trainer'> {
  const clientFor = endpointClients(options);
  const trainerOf = (loop: Loop, timeoutSeconds: number) =>
    openaiTrainer({ client: clientFor(insistOnTrainer(loop), timeoutSeconds) });
  return {
    trainer: (loop) => ({ ...trainerOf(loop, CALL_SECONDS), upload: trainerOf(loop, UPLOAD_SECONDS).upload }),
  };
}
