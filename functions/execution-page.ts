const consoles: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** The page of an execution in the AWS console, by its ARN; of all state machines where it is not known. */
export function executionPage(arn = ''): string {
  const [, partition = 'aws', , region = ''] = arn.split(':');
  const host = consoles[partition] ?? consoles['aws'];
  if (region === '') return `https://${host}/states/home#/statemachines`;
  return `https://${region}.${host}/states/home?region=${region}#/v2/executions/details/${arn}`;
}
