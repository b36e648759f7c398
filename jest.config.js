export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/runs/', '<rootDir>/cdk.out/', '<rootDir>/.ratchet/'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
  reporters: ['default', '<rootDir>/tests/plain-count.js'],
  testTimeout: 30_000,
};
