import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InvalidInput } from '../../core/errors.ts';
import { type LoopFile, loopSchema, type Skill, skillSchema } from '../../core/loop.ts';
import { placeOf, shown } from './describe-problems.ts';
import { readYaml, type YamlFile } from './read-yaml.ts';

/** A loop as the user keeps it: the file and the skill it names, both read; the prompts still in their files. */
export interface LoopSource {
  readonly file: LoopFile;
  readonly skill: Skill;
  readonly trainPath: string;
  /** Undefined where a share of train is held out. */
  readonly heldOutPath: string | undefined;
}

/** Reads and checks a loop file, from any working directory. Throws InvalidInput with every problem at once. */
export async function readLoopFile(path: string): Promise<LoopSource> {
  const yaml = await readYaml(path, loopSchema);
  const { skill, prompts } = yaml.content;
  const at = (relative: string) => resolve(dirname(path), relative);
  const skillPath = join(at(skill), 'skill.yaml');
  const trainPath = at(prompts.train);
  const heldOutPath = prompts.heldOut === undefined ? undefined : at(prompts.heldOut);

  const problems = [
    await noFile(yaml, ['skill'], skill, skillPath),
    await noFile(yaml, ['prompts', 'train'], prompts.train, trainPath),
    heldOutPath && (await noFile(yaml, ['prompts', 'heldOut'], prompts.heldOut, heldOutPath)),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new InvalidInput(path, problems);

  return { file: yaml.content, skill: (await readYaml(skillPath, skillSchema)).content, trainPath, heldOutPath };
}

async function noFile(yaml: YamlFile<LoopFile>, key: string[], value: unknown, path: string) {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return undefined;
  const place = placeOf(key, yaml.written);
  return `${place}: ${shown(value)} leads to no file; paths are relative to the loop file, so ${path} was looked for`;
}
