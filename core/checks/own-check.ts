import type { Prompt } from '../prompt.ts';

/** A check of the user's own: the default export of its module. It has to return true or false. */
export type OwnCheck = (response: string, options: unknown, prompt: Prompt) => unknown;

/**
 * The check of a module's JavaScript source. The module stands alone: from a data: URL it can import `node:` modules and
 * nothing else. Throws what the module throws, and TypeError where its default export is no function.
 */
export async function importOwnCheck(source: string): Promise<OwnCheck> {
  const module: { readonly default?: unknown } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  if (typeof module.default !== 'function') throw new TypeError('its default export is no function');
  return module.default as OwnCheck;
}
