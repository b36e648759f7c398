import { expect, test } from '@jest/globals';
import { secretName } from '../../../providers/secrets-manager/secret-name.ts';

const at = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:';

test.each([
  [`${at}ratchet/openai-AbCdEf`, 'ratchet/openai'],
  [`${at}ratchet-openai-a1b2c3`, 'ratchet-openai'],
  [`${at}ratchet-openai`, 'ratchet-openai'],
  [`${at}key`, 'key'],
  ['ratchet/openai', 'ratchet/openai'],
  ['desk-Key123', 'desk-Key123'],
])('the secret %s is named %s', (id, name) => {
  expect(secretName(id)).toBe(name);
});
