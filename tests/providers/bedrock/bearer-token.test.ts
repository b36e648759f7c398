import { describe, expect, test } from '@jest/globals';
import { bearerToken } from '../../../providers/bedrock/bearer-token.ts';

const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const sessionToken = 'IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLXdlc3QtMiJHMEUCIQ+fake/token==';
const made = { region: 'us-west-2', at: new Date('2026-11-25T09:00:00Z'), seconds: 3600 };

/** What getToken of @aws/bedrock-token-generator 1.1.0 makes of the same, at that time. */
const itsToken =
  'bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249Q2FsbFdpdGhCZWFyZXJUb2tlbiZYLUFtei1BbGdvcml0aG09QVdTNC1ITUFDLVNIQTI1NiZYLUFtei1DcmVkZW50aWFsPUFLSUFJT1NGT0ROTjdFWEFNUExFJTJGMjAyNjExMjUlMkZ1cy13ZXN0LTIlMkZiZWRyb2NrJTJGYXdzNF9yZXF1ZXN0JlgtQW16LURhdGU9MjAyNjExMjVUMDkwMDAwWiZYLUFtei1FeHBpcmVzPTM2MDAmWC1BbXotU2lnbmF0dXJlPTQ1MTViNDY2MjE2ZmYxNWY1NDBhYzQ5YTlkYzBlMDYxYjg1YTIyNmZhMTVlYjMyYjg5MTg2Y2I1MThmMWIxOWImWC1BbXotU2lnbmVkSGVhZGVycz1ob3N0JlZlcnNpb249MQ==';
const itsTokenOfSession =
  'bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249Q2FsbFdpdGhCZWFyZXJUb2tlbiZYLUFtei1BbGdvcml0aG09QVdTNC1ITUFDLVNIQTI1NiZYLUFtei1DcmVkZW50aWFsPUFLSUFJT1NGT0ROTjdFWEFNUExFJTJGMjAyNjExMjUlMkZ1cy13ZXN0LTIlMkZiZWRyb2NrJTJGYXdzNF9yZXF1ZXN0JlgtQW16LURhdGU9MjAyNjExMjVUMDkwMDAwWiZYLUFtei1FeHBpcmVzPTM2MDAmWC1BbXotU2VjdXJpdHktVG9rZW49SVFvSmIzSnBaMmx1WDJWakVYQU1QTEUlMkYlMkYlMkYlMkYlMkYlMkYlMkYlMkYlMkYlMkZ3RWFDWFZ6TFhkbGMzUXRNaUpITUVVQ0lRJTJCZmFrZSUyRnRva2VuJTNEJTNEJlgtQW16LVNpZ25hdHVyZT00NjM4ZTMyMDQ4OTYxODBhZDY3NjY0OTQxNWUyMDBjYzRmYzg2NDJkYjczYTE2YmZjYjQ2YTc3ODYzNmYzMmU5JlgtQW16LVNpZ25lZEhlYWRlcnM9aG9zdCZWZXJzaW9uPTE=';

describe('a token is the one that @aws/bedrock-token-generator makes', () => {
  test('of lasting credentials', () => {
    expect(bearerToken(credentials, made)).toBe(itsToken);
  });

  test('of a session', () => {
    expect(bearerToken({ ...credentials, sessionToken }, made)).toBe(itsTokenOfSession);
  });
});

test('a token is good for one region, and as long as it is asked for', () => {
  const token = bearerToken(credentials, { ...made, region: 'eu-west-1', seconds: 90 });
  const text = Buffer.from(token.replace('bedrock-api-key-', ''), 'base64').toString();

  expect(text).toContain('%2F20261125%2Feu-west-1%2Fbedrock%2Faws4_request');
  expect(text).toContain('X-Amz-Expires=90&');
});
