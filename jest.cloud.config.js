import local from './jest.config.js';

/** What is proven on the AWS emulator; each file has an account of its own. */
export default {
  ...local,
  testMatch: ['<rootDir>/tests/cloud/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  // The emulator runs each function as a process; two such tests at once would wait for each other.
  maxWorkers: 1,
  testTimeout: 600_000,
};
