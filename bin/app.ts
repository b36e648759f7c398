#!/usr/bin/env node
/** The CDK app: `npx cdk deploy -c loop=loops/support-desk.yaml` deploys one loop as one stack. */
import { App } from 'aws-cdk-lib';
import { RatchetError } from '../core/errors.ts';
import { LoopStack } from '../lib/loop-stack.ts';
import { prepareLoop } from '../lib/prepare-loop.ts';
import { readSettings } from '../lib/settings.ts';

try {
  await makeStack(new App());
} catch (error) {
  // What is wrong with the loop file or the settings needs no stack trace.
  if (!(error instanceof RatchetError)) throw error;
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
}

async function makeStack(app: App): Promise<void> {
  const settings = readSettings((name) => app.node.tryGetContext(name));
  const loop = await prepareLoop(settings.loop);
  // What the CDK command line tells of the account that it deploys to.
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  const env = account && region ? { env: { account, region } } : {};
  new LoopStack(app, `ratchet-${loop.name}`, { loop, settings, ...env });
  app.synth();
}
