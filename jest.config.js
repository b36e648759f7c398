export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  // npm run test:cloud: they deploy to an emulator of AWS.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/cloud/'],
  modulePathIgnorePatterns: ['<rootDir>/runs/', '<rootDir>/cdk.out/', '<rootDir>/.ratchet/'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
  reporters: ['default', '<rootDir>/tests/plain-count.js'],
  testTimeout: 30_000,
};
