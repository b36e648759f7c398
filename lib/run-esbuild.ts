/**
 * Bundles functions: `node lib/run-esbuild.ts DIRECTORY functions/plan-run/index.ts …`. A process of its own, because esbuild
 * takes plugins only where it may be waited for, and lib/bundle-function.ts may not wait. Equal sources give equal bytes, so
 * that a deployment without changes changes nothing.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const [outdir = '', ...entries] = process.argv.slice(2);
const project = fileURLToPath(new URL('..', import.meta.url));
const standIn = (name: string) => join(project, 'lib', 'stand-ins', `${name}.ts`);

/**
 * The AWS SDK describes all shapes of a service with property names that are computed, and esbuild can not know that nothing
 * happens then: it keeps what nobody uses, 50 KB of it for S3. They are constants of the same file; so they are filled in.
 */
const namesFilledIn: Plugin = {
  name: 'names of shapes filled in',
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const names = new Map(
        Array.from(source.matchAll(/^const (\w+) = ("\w+");$/gm), ([, name, text]) => [name, text]),
      );
      return { contents: source.replaceAll(/\[(\w+)\]:/g, (computed, name) => `${names.get(name) ?? computed}:`) };
    });
  },
};

/**
 * The client of openai makes an object for each part of OpenAI's API, realtime voices and videos among them, and Ratchet calls
 * none: providers/openai-compatible sends its requests by the client itself. So their classes are there, and empty: 300 KB less.
 * What the client itself does only for who asks for it is left out too: another 45 KB, and the whole of undici while loading.
 */
const openaiLeftOut: Plugin = {
  name: 'parts of openai left out',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]openai[\\/]resources[\\/].+\.mjs$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const classes = Array.from(source.matchAll(/^export class (\w+)/gm), ([, name]) => name);
      return classes.length === 0
        ? undefined
        : { contents: classes.map((name) => `export class ${name} {}`).join('\n') };
    });
    const parts =
      /[\\/]openai[\\/](auth|core|internal)[\\/](auth[\\/]x509-[\w-]+|workload-identity-auth|streaming|pagination|uploads|to-file)\.mjs$/;
    onLoad({ filter: parts }, () => ({
      contents: `export * from ${JSON.stringify(standIn('openai-left-out'))};`,
      resolveDir: project,
    }));
  },
};

/**
 * Imported as a module, each export of a module of Node's is looked at, and some load others then: node:http the whole of
 * undici, which takes 30 ms. So each name is taken from the module itself, and only those that are used.
 */
const namesOfNode: Plugin = {
  name: 'names of modules of Node',
  setup({ onResolve, onLoad }) {
    // The AWS SDK imports it as a whole too, and then all names would be read.
    onResolve({ filter: /^(node:)?http$/ }, () => ({ path: standIn('node-http') }));
    onResolve({ filter: /^[a-z_:/]+$/ }, ({ path }) => (isBuiltin(path) ? { path, namespace: 'node' } : undefined));
    onLoad({ filter: /.*/, namespace: 'node' }, ({ path }) => {
      const builtin = `process.getBuiltinModule(${JSON.stringify(path)})`;
      const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) => name !== 'default');
      const exported = names.map((name) => `export const ${name} = /* @__PURE__ */ (() => ${builtin}.${name})();`);
      return { contents: [`export default /* @__PURE__ */ ${builtin};`, ...exported].join('\n') };
    });
  },
};

/**
 * What is imported only when it is needed is in the same file all the same, and esbuild can leave nothing out of what it
 * reaches, be it the whole core of the AWS SDK. In a function it is needed anyway, so there it is imported like the rest.
 */
const importedAtOnce: Plugin = {
  name: 'imported at once',
  setup({ onLoad }) {
    onLoad(
      { filter: /[\\/]providers[\\/](bedrock[\\/]credentials|secrets-manager[\\/]secret-keys)\.ts$/ },
      async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const lazily = /await import\(('[^']+')\)/;
        const [, from] = lazily.exec(source) ?? [];
        return { contents: `import * as atOnce from ${from};${source.replace(lazily, 'atOnce')}`, loader: 'ts' };
      },
    );
  },
};

const { metafile } = await build({
  absWorkingDir: project,
  entryPoints: entries,
  outbase: 'functions',
  outdir,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  mainFields: ['module', 'main'],
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  metafile: true,
  logLevel: 'error',
  // Lambda would wait for it at every cold start, and a failure would have no name.
  supported: { 'top-level-await': false },
  alias: {
    // Not smaller, but run only where it is used.
    'ajv/dist/2020.js': standIn('ajv'),
    // 120 KB for profiles, single sign-on and log-ins of developers' machines.
    '@aws-sdk/credential-provider-node': standIn('lambda-credentials'),
    // 20 KB; and imported only when needed, it keeps esbuild from leaving out what is unused in all that it imports.
    '@smithy/core/event-streams': standIn('event-streams'),
  },
  plugins: [namesFilledIn, openaiLeftOut, importedAtOnce, namesOfNode],
});
await writeFile(join(outdir, 'metafile.json'), JSON.stringify(metafile));
