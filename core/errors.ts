/**
 * Every failure that the workflow, the command line or a caller tells apart. The literal `name` is the contract with
 * Retry and Catch (and survives minifying); docs/errors.md says what each means and what to do.
 */
export abstract class RatchetError extends Error {
  abstract override readonly name: string;
}

/** The user's input (a loop file, prompts, a request) is not usable; nothing was started. Fix the input. */
export class InvalidInput extends RatchetError {
  override readonly name = 'InvalidInput';
  readonly problems: readonly string[];
  constructor(subject: string, problems: readonly string[], options?: ErrorOptions) {
    super(`${subject} is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, options);
    this.problems = problems;
  }
}

/** A step was called with, or returned, something that does not fit its schema: a defect in Ratchet, never retried. */
export class StepContractBroken extends RatchetError {
  override readonly name = 'StepContractBroken';
}

/** Something that should be in the store is not there. */
export class ArtifactMissing extends RatchetError {
  override readonly name = 'ArtifactMissing';
}

/** A stored artifact can't be read: cut off, or written by something else. */
export class ArtifactUnreadable extends RatchetError {
  override readonly name = 'ArtifactUnreadable';
}

/** A conditional write lost: the object exists already, or changed since it was read. */
export class WriteConflict extends RatchetError {
  override readonly name = 'WriteConflict';
}

/** The store can't be reached or refused for a passing reason. Wait and retry. */
export class StoreUnavailable extends RatchetError {
  override readonly name = 'StoreUnavailable';
}

/** The store refuses for a reason that stays: the disk is full or read-only, or a permission is missing. Remove it, then resume. */
export class StoreRefused extends RatchetError {
  override readonly name = 'StoreRefused';
}

/** The endpoint is busy, limited or broken for the moment (408, 409, 429, 5xx, time-out, dropped connection). Wait and retry. */
export class ProviderOverloaded extends RatchetError {
  override readonly name = 'ProviderOverloaded';
  /** Seconds the endpoint asked to wait, if it said so. */
  readonly retryAfterSeconds: number | undefined;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;
  /** It took longer than the loop file allows. */
  readonly timedOut: boolean;
  constructor(
    message: string,
    options?: ErrorOptions & {
      retryAfterSeconds?: number | undefined;
      status?: number | undefined;
      timedOut?: boolean | undefined;
    },
  ) {
    super(message, options);
    this.retryAfterSeconds = options?.retryAfterSeconds;
    this.status = options?.status;
    this.timedOut = options?.timedOut ?? false;
  }
}

/** The endpoint understood the request and refuses it (400, 404, 413, 422). Fix the loop file; retrying can't help. */
export class ProviderRejectedRequest extends RatchetError {
  override readonly name = 'ProviderRejectedRequest';
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;
  constructor(message: string, options?: ErrorOptions & { status?: number | undefined }) {
    super(message, options);
    this.status = options?.status;
  }
}

/** The key is missing, wrong or lacks a permission (401, 403). */
export class CredentialRefused extends RatchetError {
  override readonly name = 'CredentialRefused';
}

/** The provider takes no new training jobs from this account (OpenAI: 403 `training_not_available`). Choose another trainer. */
export class ProviderClosed extends RatchetError {
  override readonly name = 'ProviderClosed';
}

/** What the endpoint sent is not what its API promises. */
export class ProviderAnswerUnreadable extends RatchetError {
  override readonly name = 'ProviderAnswerUnreadable';
  /** How many such answers one call has met; each may have to be paid. */
  sent = 1;
}

/** The training job ended without a model: failed or cancelled at the trainer. */
export class TrainingFailed extends RatchetError {
  override readonly name = 'TrainingFailed';
}

/** The trained model could not be served. */
export class ServingFailed extends RatchetError {
  override readonly name = 'ServingFailed';
}

/** The dataset breaks a rule of the target trainer; nothing was uploaded. */
export class DatasetRejected extends RatchetError {
  override readonly name = 'DatasetRejected';
}

/** The judge preferred planted nonsense to real responses: its verdicts of this round are not trusted. */
export class JudgeMissedCanaries extends RatchetError {
  override readonly name = 'JudgeMissedCanaries';
}

/** The loop's limit in money, tokens or calls is reached. Everything paid for is kept; raise the limit and resume. */
export class BudgetReached extends RatchetError {
  override readonly name = 'BudgetReached';
}

/** A check of the loop's own threw, or returned neither true nor false: that is no verdict on the response. Fix the check. */
export class CheckBroken extends RatchetError {
  override readonly name = 'CheckBroken';
  readonly check: string;
  constructor(check: string, prompt: string | undefined, fault: string, options?: ErrorOptions) {
    const where = prompt === undefined ? '' : ` at prompt ${prompt}`;
    super(`The loop's own check "${check}" broke${where}: ${fault}. It has to return true or false.`, options);
    this.check = check;
  }
}

/** Somebody else promoted or rolled back while this round was evaluated: its evidence is about another incumbent. */
export class IncumbentMoved extends RatchetError {
  override readonly name = 'IncumbentMoved';
}

/** The loop wants a person's approval and nobody is there to ask. Resume the run with an answer. */
export class ApprovalPending extends RatchetError {
  override readonly name = 'ApprovalPending';
}

/** A person said no. */
export class ApprovalRefused extends RatchetError {
  override readonly name = 'ApprovalRefused';
}

/** How a failed run ends: under the name, and with the words, of what went wrong in it. */
export class RunFailed extends RatchetError {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** The time of a Lambda invocation is nearly up. Never leaves the function: the shard goes on in another invocation. */
export class DeadlineNear extends RatchetError {
  override readonly name = 'DeadlineNear';
}

/** Another life of the shard goes on with it. Never leaves the function: what is under way is recorded, nothing new is begun. */
export class ShardTakenOver extends RatchetError {
  override readonly name = 'ShardTakenOver';
}

/** Another run of the loop is under way, and two would improve the same student at once. Wait for it, or stop it. */
export class LoopBusy extends RatchetError {
  override readonly name = 'LoopBusy';
  /** The run under way. */
  readonly run: string;
  constructor(loop: string, run: string, options?: ErrorOptions) {
    super(
      `The loop ${loop} is busy with the run ${run}: two runs would improve the same student at once. Wait for it, or stop it.`,
      options,
    );
    this.run = run;
  }
}
