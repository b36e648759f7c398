import type { Template } from 'aws-cdk-lib/assertions';
import { asText } from '../starters.ts';
import { allOf, functionsIn } from './stacks.ts';

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition: unknown;
}

interface Document {
  readonly Statement: readonly Record<'Effect' | 'Action' | 'Resource' | 'Condition', unknown>[];
}

/** What CloudFormation knows of the account that it deploys to, as asText writes it. */
export const pseudo = (name: 'Partition' | 'Region' | 'AccountId'): string => `\${AWS::${name}}`;

/** All that the roles of a stack may do: by the folder of the function, or by the logical id of another role. */
export function permissionsIn(template: Template): ReadonlyMap<string, readonly Statement[]> {
  const attached = Object.values(allOf(template, 'AWS::IAM::Policy'));
  const folders = new Map(functionsIn(template).map(([folder, made]) => [idOfRole(made['Role']), folder]));
  return new Map(
    Object.entries(allOf(template, 'AWS::IAM::Role')).map(([id, role]) => {
      const documents: Document[] = [
        ...(role['Policies'] ?? []),
        ...attached.filter(({ Roles }) => Roles.some(({ Ref }: { Ref: string }) => Ref === id)),
      ].map(({ PolicyDocument }) => PolicyDocument);
      return [folders.get(id) ?? id, documents.flatMap(({ Statement }) => Statement.map(statementOf))];
    }),
  );
}

export function idOfRole(arn: unknown): string {
  return asText(arn).replace(/^\$\{(\w+)\.Arn\}$/, '$1');
}

function statementOf({ Effect, Action, Resource, Condition }: Document['Statement'][number]): Statement {
  return {
    effect: Effect as Statement['effect'],
    actions: [Action].flat() as string[],
    resources: [Resource].flat().map(asText),
    condition: Condition,
  };
}

/** Who may do something to something, by name. Key of an object in the store: `store:loops/desk/registry.json`. */
export function whoMay(template: Template, action: string, resource: string): string[] {
  return [...permissionsIn(template)]
    .filter(([, statements]) =>
      statements.some(
        ({ effect, actions, resources }) =>
          effect === 'Allow' &&
          actions.some((one) => fits(one, action)) &&
          resources.some((one) => fits(one.replace(/^\$\{LoopStorageBucket\w+\.Arn\}\//, 'store:'), resource)),
      ),
    )
    .map(([who]) => who)
    .toSorted();
}

/** As IAM reads a pattern: `*` is anything, slashes too, and `?` one character. */
function fits(pattern: string, name: string): boolean {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
}
