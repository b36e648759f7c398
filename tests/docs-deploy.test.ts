import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { settingsSchema } from '../lib/settings.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const page = await readFile(join(root, 'docs/deploy.md'), 'utf8');
const blocksOf = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, block = '']) => block);

describe('the settings in docs/deploy.md', () => {
  const [, section = ''] = /^## Settings\n([\s\S]*?)^## /m.exec(page) ?? [];
  const rows = [...section.matchAll(/^\| `(\w+)` +\| .+ \| (.+?) +\|$/gm)].map(([, name, value]) => [name, value]);

  test('are all that there are, in the order of lib/settings.ts', () => {
    expect(rows.map(([name]) => name)).toEqual(Object.keys(settingsSchema.shape));
  });

  test('have the defaults that they have', () => {
    const defaults = Object.entries(settingsSchema.parse({ loop: 'loop.yaml' }))
      .filter(([name, value]) => name !== 'loop' && typeof value !== 'object')
      .map(([name, value]) => [name, `\`${value}\``]);

    expect(defaults.length).toBeGreaterThan(0);
    expect(rows).toEqual(expect.arrayContaining(defaults));
  });

  test('are the only ones that the commands of the pages give', async () => {
    const pages = [page, await readFile(join(root, 'README.md'), 'utf8')].join('\n');
    const given = [...pages.matchAll(/ -c (\w+)=/g)].map(([, name]) => name);

    expect(Object.keys(settingsSchema.shape)).toEqual(expect.arrayContaining(given));
  });
});

describe('the CDK app in docs/deploy.md', () => {
  let folder: string;
  beforeAll(async () => {
    // Below the project, so that it finds its packages.
    await mkdir(join(root, '.ratchet'), { recursive: true });
    folder = await mkdtemp(join(root, '.ratchet/own-app-'));
    const [example = ''] = blocksOf('ts');
    await writeFile(join(folder, 'app.ts'), example.replaceAll("'ratchet/", "'../../"));
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.json', include: ['app.ts'] }),
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('compiles', async () => {
    const checked = run(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '--project', folder]);

    await expect(checked).resolves.toMatchObject({ stdout: '' });
  }, 120_000);

  test('synthesizes the loop, with the outputs by which the command line finds it', async () => {
    await run(process.execPath, [join(folder, 'app.ts')], { cwd: root, env: { CDK_OUTDIR: join(folder, 'cdk.out') } });
    const template = JSON.parse(await readFile(join(folder, 'cdk.out/Desk.template.json'), 'utf8'));
    const types = Object.values<{ Type: string }>(template.Resources).map(({ Type }) => Type);

    expect(types.filter((type) => type === 'AWS::StepFunctions::StateMachine')).toHaveLength(1);
    expect(types.filter((type) => type === 'AWS::SNS::Subscription')).toHaveLength(2);
    expect(template.Outputs.LoopName.Value).toBe('openai');
  }, 120_000);
});
