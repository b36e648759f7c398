import { type CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';

/** One invocation of a step's function. */
export interface Invocation {
  /** The step's name. */
  readonly step: string;
  readonly ms: number;
  readonly logBytes: number;
}

export interface Logged {
  readonly invocations: readonly Invocation[];
  /** Metrics that its lines make: name and dimensions. Each is paid for by itself. */
  readonly metrics: ReadonlySet<string>;
}

/** CloudWatch counts so many bytes beside each line: PutLogEvents, https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const BESIDE_LINE = 26;
/**
 * What Lambda itself writes around an invocation in the log format JSON: a platform.start of about 200 bytes and a
 * platform.report of about 450, with their trace. The emulator writes shorter lines of text.
 */
const PLATFORM_BYTES = 650 + 2 * BESIDE_LINE;

/** The invocations of a run: the emulator gives each a log stream of its own, with the time it took. */
export async function countLogs(client: CloudWatchLogsClient, logGroupName: string, run: string): Promise<Logged> {
  const streams = new Map<string, string[]>();
  for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
    for (const { logStreamName = '', message = '' } of events) {
      streams.set(logStreamName, [...(streams.get(logStreamName) ?? []), message]);
    }
  }
  const ours = [...streams.values()].filter((lines) => lines.some((line) => line.includes(`"run":"${run}"`)));
  return {
    invocations: ours.map(invocationIn),
    metrics: new Set(ours.flat().flatMap(metricsIn)),
  };
}

function invocationIn(lines: readonly string[]): Invocation {
  const report = lines.find((line) => line.startsWith('REPORT ')) ?? '';
  const said = lines.filter((line) => line.startsWith('{'));
  // A line that comes late may stand in the next invocation: each has several that tell the step, its own at the end.
  const step = [...said.join().matchAll(/"(?:service|step)":"([a-z-]+)"/g)].at(-1)?.[1] ?? 'unknown';
  const bytes = said.reduce((sum, line) => sum + Buffer.byteLength(line) + BESIDE_LINE, PLATFORM_BYTES);
  return { step, ms: Number(/Duration: (\d+) ms/.exec(report)?.[1]), logBytes: bytes };
}

interface MetricLine {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [dimension: string]: unknown;
}

function metricsIn(line: string): string[] {
  if (!line.startsWith('{"_aws"')) return [];
  const { _aws, ...values } = JSON.parse(line) as MetricLine;
  return _aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }) => [Name, ...names.map((name) => `${name}=${values[name]}`)].join(' ')),
    ),
  );
}
