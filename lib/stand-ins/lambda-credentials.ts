/** Lambda gives a function the credentials of its role in the environment, and nowhere else. */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
