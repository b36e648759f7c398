import { cloudWatchErrorLog } from '../providers/cloudwatch-logs/error-log.ts';
import { s3Links } from '../providers/s3/links.ts';
import { s3Store } from '../providers/s3/store.ts';
import { stepFunctions } from '../providers/step-functions/executions.ts';
import { announcingServices } from './lambda-services.ts';
import { once } from './once.ts';

/*
 * The services of what starts and follows runs, for each what it needs: what it doesn't is not in its bundle. The environment
 * is read at the first event, so that nothing can fail at import; after that each is there once.
 */

const now = () => new Date();

/** The store, and whose it is. */
export const loopServices = /* @__PURE__ */ once(() => ({
  store: s3Store({ bucket: named('RATCHET_BUCKET') }),
  loop: named('RATCHET_LOOP'),
  now,
}));

/** And the executions. */
export const runServices = /* @__PURE__ */ once(() => ({
  ...loopServices(),
  executions: stepFunctions({ stateMachineArn: named('RATCHET_STATE_MACHINE') }),
}));

/** And what the functions of the loop have logged. */
export const watchServices = /* @__PURE__ */ once(() => ({
  ...runServices(),
  errorLog: cloudWatchErrorLog({ logGroup: named('RATCHET_LOG_GROUP') }),
}));

/** What starts runs: it knows which loop was deployed. RATCHET_SEED is the loop file's, which is 1 where it has none. */
export const startServices = /* @__PURE__ */ once(() => ({
  ...runServices(),
  version: named('RATCHET_VERSION'),
  loopSeed: Number(process.env['RATCHET_SEED'] ?? 1),
}));

/** And who is told that a run was refused. */
export const scheduleServices = /* @__PURE__ */ once(() => ({ ...announcingServices(), ...startServices() }));

/** The store, and links to it. */
export const reportServices = /* @__PURE__ */ once(() => ({
  ...loopServices(),
  links: s3Links({ bucket: named('RATCHET_BUCKET'), now }),
}));

/** Throws what no sender of a request can help: it is answered with 500, and stands in the log. */
function named(variable: string): string {
  const value = process.env[variable];
  if (value) return value;
  throw new Error(`The environment variable ${variable} is not set.`);
}
