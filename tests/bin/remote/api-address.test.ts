import { expect, test } from '@jest/globals';
import { apiAddress } from '../../../bin/remote/api-address.ts';

const apiUrl = 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/v1/';

test('the API is where the stack says', () => {
  expect(apiAddress(apiUrl, undefined)).toBe(apiUrl);
});

test('the API of an emulator is at the address of the emulator', () => {
  for (const endpoint of ['http://127.0.0.1:4566', 'http://127.0.0.1:4566/']) {
    expect(apiAddress(apiUrl, endpoint)).toBe('http://127.0.0.1:4566/_aws/execute-api/a1b2c3/v1/');
  }
});
