/** What the dependencies of our functions take of node:http; the build names whatever else they come to take. */
export const { Agent, request, STATUS_CODES } = process.getBuiltinModule('node:http');
