// The scripts of a software and of its versions, each with what it is for.
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { scriptFragment } from '../script/script.ts';

export const roleScriptFragment = graphql(
  `
    fragment RoleScript on SoftwareScript @_unmask { role isInherited script { ...ScriptInFull } }
  `,
  [scriptFragment],
);

export type RoleScript = ResultOf<typeof roleScriptFragment>;
