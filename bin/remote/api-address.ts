/**
 * Where the API of a stack answers. An emulator (AWS_ENDPOINT_URL) is no DNS server: it serves every API at its own address,
 * `<endpoint>/_aws/execute-api/<id of the API>/<stage>/`. `apiUrl` and the answer end with a slash.
 */
export function apiAddress(apiUrl: string, endpoint: string | undefined): string {
  if (endpoint === undefined || endpoint === '') return apiUrl;
  const { host, pathname } = new URL(apiUrl);
  const [id] = host.split('.');
  return `${endpoint.replace(/\/$/, '')}/_aws/execute-api/${id}${pathname}`;
}
