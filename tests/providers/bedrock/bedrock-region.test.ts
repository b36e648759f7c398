import { describe, expect, test } from '@jest/globals';
import { bedrockRegion } from '../../../providers/bedrock/bedrock-region.ts';

test.each([
  ['https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1', 'us-west-2'],
  ['https://bedrock-runtime.us-gov-west-1.amazonaws.com/openai/v1/', 'us-gov-west-1'],
  ['https://bedrock-mantle.eu-central-1.api.aws/v1', 'eu-central-1'],
  ['https://BEDROCK-MANTLE.us-east-1.api.aws:443/openai/v1', 'us-east-1'],
])('%s is of Bedrock, in %s', (endpoint, region) => {
  expect(bedrockRegion(endpoint)).toBe(region);
});

describe('no token goes to', () => {
  test.each([
    'http://bedrock-runtime.us-west-2.amazonaws.com/openai/v1',
    'https://bedrock-runtime.us-west-2.amazonaws.com.example.org/openai/v1',
    'https://bedrock-runtime.us-west-2.amazonaws.com:8443/openai/v1',
    'https://bedrock-runtime.us-west-2.example.org/?.amazonaws.com',
    'https://models.example.org/bedrock-mantle.us-east-1.api.aws/v1',
    'https://bedrock-mantle.us-east-1.api.aws@example.org/v1',
    'https://evil-bedrock-runtime.us-west-2.amazonaws.com/openai/v1',
    'https://bedrock-runtime.us-west-2.evil.amazonaws.com/openai/v1',
    'https://bedrock.us-west-2.amazonaws.com',
    'https://api.openai.com/v1',
    'http://127.0.0.1:11434/v1',
    'sandbox',
  ])('%s', (endpoint) => {
    expect(bedrockRegion(endpoint)).toBeUndefined();
  });
});
