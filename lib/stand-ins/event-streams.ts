/** For AWS calls that answer with a stream of events. None of ours does, and one that would says so here. */
export class EventStreamSerde {
  constructor() {
    throw new Error('Event streams are left out of the bundles of functions; see lib/run-esbuild.ts.');
  }
}

/** The clients of services that have such calls ask for these when they are made. */
export function resolveEventStreamSerdeConfig<Config>(config: Config): Config {
  return config;
}
export function eventStreamSerdeProvider(): undefined {
  return undefined;
}
