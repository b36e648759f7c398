import type { Ajv2020 as Ajv, Options } from 'ajv/dist/2020.js';

/** Its modules run when the first JSON Schema comes, which takes them 20 ms; most functions that could meet one never do. */
export function Ajv2020(options: Options): Ajv {
  const { Ajv2020 }: { readonly Ajv2020: typeof Ajv } = require('ajv/dist/2020');
  return new Ajv2020(options);
}
