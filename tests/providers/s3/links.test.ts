import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { s3Links } from '../../../providers/s3/links.ts';

describe('a link to an object', () => {
  test('is signed for 15 minutes from now, and shows as a page', async () => {
    const client = new S3Client({
      region: 'eu-west-1',
      credentials: { accessKeyId: 'KEY', secretAccessKey: 'hidden' },
    });
    const links = s3Links({ bucket: 'desk-store', now: () => new Date('2026-11-24T09:00:00Z'), client });

    const { url, expiresAt } = await links.linkTo('runs/run-1/report.html', 'text/html; charset=utf-8');

    const { pathname, host, searchParams } = new URL(url);
    expect(host + pathname).toBe('desk-store.s3.eu-west-1.amazonaws.com/runs/run-1/report.html');
    expect(searchParams.get('X-Amz-Date')).toBe('20261124T090000Z');
    expect(searchParams.get('X-Amz-Expires')).toBe('900');
    expect(searchParams.get('response-content-type')).toBe('text/html; charset=utf-8');
    expect(searchParams.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
    expect(expiresAt.toISOString()).toBe('2026-11-24T09:15:00.000Z');
    expect(url).not.toContain('hidden');
  });
});
