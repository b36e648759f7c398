import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InvalidInput } from '../../core/errors.ts';
import { type Loop, type LoopFile, loopSchema, type Skill, skillSchema } from '../../core/loop.ts';
import { placeOf, shown } from './describe-problems.ts';
import { readOwnChecks } from './own-checks.ts';
import { isObjectUrl } from './prompt-source.ts';
import { readYaml, type YamlFile } from './read-yaml.ts';

/** A loop as the user keeps it: the file and the skill it names, both read; the prompts still in their files. */
export interface LoopSource {
  readonly file: LoopFile;
  readonly skill: Skill;
  /** The loop's own checks: their modules, read. */
  readonly ownChecks: Loop['checks'];
  /** The path of a file or a folder, or an s3:// URL. */
  readonly trainPath: string;
  /** Undefined where a share of train is held out. */
  readonly heldOutPath: string | undefined;
}

/** Reads and checks a loop file, from any working directory. Throws InvalidInput with every problem at once. */
export async function readLoopFile(path: string): Promise<LoopSource> {
  const yaml = await readYaml(path, loopSchema);
  const { skill, prompts } = yaml.content;
  const at = (place: string) => (isObjectUrl(place) ? place : resolve(dirname(path), place));
  const skillPath = join(at(skill), 'skill.yaml');
  const trainPath = at(prompts.train);
  const heldOutPath = prompts.heldOut === undefined ? undefined : at(prompts.heldOut);

  const problems = [
    (await kindOf(skillPath)) !== 'file' && notFound(yaml, ['skill'], skill, skillPath),
    await problemOfPrompts(yaml, ['prompts', 'train'], prompts.train, trainPath),
    heldOutPath && (await problemOfPrompts(yaml, ['prompts', 'heldOut'], prompts.heldOut, heldOutPath)),
  ].filter((problem) => typeof problem === 'string');
  if (problems.length > 0) throw new InvalidInput(path, problems);

  const ownChecks = await readOwnChecks(yaml.content.checks, path);
  const { content } = await readYaml(skillPath, skillSchema);
  return { file: yaml.content, skill: content, ownChecks, trainPath, heldOutPath };
}

/** What is in S3 is looked for when it is read: this may be another machine, with other credentials. */
async function problemOfPrompts(yaml: YamlFile<LoopFile>, key: string[], value: unknown, place: string) {
  if (isObjectUrl(place)) return undefined;
  if (/^\w+:\/\//.test(String(value))) {
    const remedy = 'give a file, a folder or s3://bucket/key';
    return `${placeOf(key, yaml.written)}: prompts are not read from ${shown(value)}; ${remedy}`;
  }
  return (await kindOf(place)) === undefined ? notFound(yaml, key, value, place) : undefined;
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return 'file';
  return found?.isDirectory() ? 'folder' : undefined;
}

function notFound(yaml: YamlFile<LoopFile>, key: string[], value: unknown, path: string): string {
  const place = placeOf(key, yaml.written);
  return `${place}: ${shown(value)} leads to no file; paths are relative to the loop file, so ${path} was looked for`;
}
