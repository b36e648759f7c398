/**
 * `ratchet/openai` of `arn:aws:secretsmanager:eu-west-1:123456789012:secret:ratchet/openai-AbCdEf`; another id as it is. An
 * ARN may lack the six letters and digits that AWS adds: an end such as `-openai` is taken for a part of the name.
 */
export function secretName(id: string): string {
  const [, name = id] = /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(.+)$/.exec(id) ?? [];
  return name.replace(/-(?=[a-z]*[A-Z\d])[A-Za-z\d]{6}$/, (added) => (name === id ? added : ''));
}
