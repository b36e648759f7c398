/** The hosts of Bedrock's OpenAI-compatible API (docs.aws.amazon.com/bedrock/latest/userguide/endpoints.html). */
const HOSTS = [
  /^https:\/\/bedrock-runtime\.([a-z]{2,}(?:-[a-z]+)+-\d+)\.amazonaws\.com$/,
  /^https:\/\/bedrock-mantle\.([a-z]{2,}(?:-[a-z]+)+-\d+)\.api\.aws$/,
];

/** The region of an endpoint of Bedrock; undefined for any other, to which no token of the role may go. */
export function bedrockRegion(endpoint: string): string | undefined {
  const origin = URL.parse(endpoint)?.origin ?? '';
  return HOSTS.map((host) => host.exec(origin)?.[1]).find((region) => region !== undefined);
}
