// The scripts of a task, each with its part in it.
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { scriptFragment } from '../script/script.ts';

export const taskScriptFragment = graphql(
  `
    fragment TaskScriptInFull on TaskScript @_unmask { role script { ...ScriptInFull } }
  `,
  [scriptFragment],
);

export type TaskScript = ResultOf<typeof taskScriptFragment>;
