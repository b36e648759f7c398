import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** CloudWatch keeps logs for certain numbers of days only: the next longer one of them. */
export function retentionOf(days: number): RetentionDays {
  const allowed = Object.values(RetentionDays).filter((value) => typeof value === 'number');
  const longer = allowed.filter((value) => value >= days && value !== RetentionDays.INFINITE).sort((a, b) => a - b);
  return longer[0] ?? RetentionDays.INFINITE;
}
