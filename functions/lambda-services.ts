import { keys } from '../core/artifact-keys.ts';
import { executionSchema } from '../core/run.ts';
import { eventBridgeAnnouncer } from '../providers/eventbridge/announcer.ts';
import { s3Store } from '../providers/s3/store.ts';
import { stepFunctions } from '../providers/step-functions/executions.ts';
import { findArtifact } from './artifacts.ts';
import { baseServices } from './base-services.ts';
import { bringStaged, stagedAssetsSchema } from './bring-staged.ts';
import { executionPage } from './execution-page.ts';
import { Invocation } from './invocation.ts';
import { embeddedMetrics } from './metrics.ts';
import { modelServices } from './model-services.ts';
import { once } from './once.ts';
import type { ServiceOptions } from './services.ts';
import { trainingServices } from './training-services.ts';

/*
 * The services of Lambda functions, for each what it needs: what it doesn't is not in its bundle. This file and
 * api-services.ts alone read the environment: at the first event, so that nothing can fail at import.
 * Marked as pure, those that a function doesn't use are left out with all that they import.
 */

/** Store and serving. */
export const storeServices = /* @__PURE__ */ fromEnvironment(baseServices);
/** And who tells of endings and questions. */
export const announcingServices = /* @__PURE__ */ fromEnvironment((options) => ({
  ...baseServices(options),
  announcer: eventBridgeAnnouncer(async (run) =>
    executionPage((await findArtifact(options.store, keys.execution(run), executionSchema))?.arn),
  ),
}));
/** And the loop that was deployed. */
export const planServices = /* @__PURE__ */ fromEnvironment((options) => ({
  ...baseServices(options),
  bringStaged: deployed(options),
}));
/** Those who announce, and the states that wait for a person. */
export const approvalServices = /* @__PURE__ */ once(() => ({
  ...announcingServices(),
  goOn: waitingStates(),
}));
/** Those of the store, student and teacher. */
export const shardServices = /* @__PURE__ */ fromEnvironment((options) => ({
  ...baseServices(options),
  ...modelServices(options),
}));
/** Those of the store, and the trainer. */
export const trainerServices = /* @__PURE__ */ fromEnvironment((options) => ({
  ...baseServices(options),
  ...trainingServices(options),
}));

/** RATCHET_STAGED says where the CDK command line has put the loop. */
function deployed({ store }: ServiceOptions) {
  const assets = stagedAssetsSchema.parse(JSON.parse(process.env['RATCHET_STAGED'] ?? ''));
  const from = s3Store({ bucket: assets.bucket });
  return (loop: string, version: string) => bringStaged({ from, to: store, assets }, loop, version);
}

function waitingStates() {
  const { answer } = stepFunctions({ stateMachineArn: process.env['RATCHET_STATE_MACHINE'] ?? '' });
  return async (taskToken: string): Promise<void> => {
    await answer(taskToken, { approved: true });
  };
}

function fromEnvironment<T>(make: (options: ServiceOptions) => T): () => T {
  return once(() => make(optionsFromEnvironment()));
}

/** RATCHET_BUCKET, RATCHET_SANDBOX_URL, and the keys that the loop names. */
function optionsFromEnvironment(): ServiceOptions {
  return {
    store: s3Store({ bucket: process.env['RATCHET_BUCKET'] ?? '' }),
    environment: process.env,
    sandboxUrl: process.env['RATCHET_SANDBOX_URL'],
    invocation: new Invocation(),
    metrics: embeddedMetrics(),
  };
}
