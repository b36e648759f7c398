/*
 * For the parts of the openai package that nobody here asks for: log-ins by certificate or workload identity, streams, pages
 * of results, forms that it makes itself. Its client looks at every request whether they are wanted, and gets the answer that
 * they give themselves where they are not; whoever wants one is told so. The build names whatever else it comes to take.
 */

function leftOut(): never {
  throw new Error('This part of openai is left out of the bundles of functions; see lib/run-esbuild.ts.');
}

class LeftOut {
  constructor() {
    leftOut();
  }
}

/** Asked of each client when it is made. */
export function normalizeX509CredentialOptions<Options extends { readonly credential?: unknown }>(options: Options) {
  return options.credential === undefined ? { credential: undefined, options } : leftOut();
}

/** Asked of each client when it is made. */
export function isX509WorkloadIdentity(identity: unknown): false {
  return identity === undefined || identity === null ? false : leftOut();
}

/** Asked of each request whether it is one of these. */
export class X509WorkloadIdentityAuth extends LeftOut {}
export class WorkloadIdentityAuth extends LeftOut {}
export class Stream extends LeftOut {
  static readonly fromSSEResponse = leftOut;
}
export class PagePromise extends LeftOut {}

/** Used only with an identity of that kind. */
export const X509_API_BASE_URL = undefined;

export {
  leftOut as assertX509APIOrigin,
  leftOut as assertX509RequestOptions,
  leftOut as finalizeStreamingFormRequestOptions,
  leftOut as hasUploadableValue,
  leftOut as isTransientX509ConnectionError,
  leftOut as markApprovedX509Client,
  leftOut as maybeMultipartFormRequestOptions,
  leftOut as prepareX509ClientClone,
  leftOut as snapshotX509RequestOptions,
  leftOut as toFile,
  leftOut as toStreamingFile,
};
