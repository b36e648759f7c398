/** Calls under way mostly end sooner. What is not kept by then is asked for again, as after a crash. */
const PATIENCE_MS = 5_000;
/** A terminal and npm may both hand on one Ctrl-C. */
const SAME_KEYSTROKE_MS = 300;

/**
 * The first Ctrl-C or SIGTERM aborts the signal, so that what is under way is finished and kept. A second one, or five
 * seconds, `giveUp`: that is as safe, because every artifact is whole at any moment.
 */
export function stopOnSignal(told: { readonly stopping: () => void; readonly giveUp: () => void }): AbortSignal {
  const controller = new AbortController();
  let stoppedAt = 0;
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      if (Date.now() - stoppedAt > SAME_KEYSTROKE_MS) told.giveUp();
      return;
    }
    stoppedAt = Date.now();
    told.stopping();
    controller.abort(new Error('stopped by a signal'));
    setTimeout(told.giveUp, PATIENCE_MS).unref();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}
