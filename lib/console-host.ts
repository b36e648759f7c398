import type { Stack } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';

/** By partition. Functions know it at run time: functions/execution-page.ts. */
const consoles: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Where the AWS console of a stack's region is; a stack that does not know its region is taken for one in `aws`. */
export function consoleHostOf({ region }: Stack): string {
  const host = consoles[RegionInfo.get(region).partition ?? 'aws'] ?? consoles['aws'];
  return `${region}.${host}`;
}
