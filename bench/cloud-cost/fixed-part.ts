import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Emulator } from '../../tests/cloud/emulator/start-emulator.ts';

/** What is paid a month whether anything runs or not. */
export interface FixedPart {
  readonly alarms: number;
  /** An alarm on metric math is paid for each metric that it looks at. */
  readonly alarmMetrics: number;
  readonly dashboards: number;
  readonly keys: number;
  readonly secrets: number;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: { readonly Metrics?: readonly { readonly MetricStat?: unknown }[] };
}

/** From the template that was deployed. */
export function fixedPartOf({ folder }: Emulator): FixedPart {
  const [file = ''] = globSync('cdk.out/*.template.json', { cwd: folder });
  const template = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { Resources: Record<string, Resource> };
  const resources = Object.values(template.Resources);
  const count = (type: string) => resources.filter(({ Type }) => Type === type).length;
  const alarms = resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  const metricsOf = ({ Properties: { Metrics } = {} }: Resource) =>
    Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1;
  return {
    alarms: alarms.length,
    alarmMetrics: alarms.reduce((sum, alarm) => sum + metricsOf(alarm), 0),
    dashboards: count('AWS::CloudWatch::Dashboard'),
    keys: count('AWS::KMS::Key'),
    secrets: count('AWS::SecretsManager::Secret'),
  };
}
