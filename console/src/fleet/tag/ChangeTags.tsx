// Other tags on a computer, a tenant or a person: which come, which go, and what that changes.
import { useState } from 'react';
import type { Possibility } from '~/kit/action/Action.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql, type VariablesOf } from '~/kit/api/graphql.ts';
import { PreviewedDialog } from '~/rules/preview/PreviewedDialog.tsx';
import { TagsField } from './TagsField.tsx';
import { tagChange } from './tagChange.ts';

const changeTags = graphql(`
  mutation ChangeTags($input: ChangeTagsInput!) {
    changeTags(input: $input) { position userErrors { code message field } }
  }
`);

export interface TagBearer {
  on: VariablesOf<typeof changeTags>['input']['on'];
  name: string;
  tags: readonly string[];
  /** Nothing where it counts more than what people change. */
  revision?: number;
}

export function ChangeTags({ bearer, may }: { bearer: TagBearer; may: Possibility | undefined }) {
  return (
    <DialogAction label="Tags" may={may}>
      {(dialog) => <TagsDialog {...dialog} bearer={bearer} />}
    </DialogAction>
  );
}

export function TagsDialog({ bearer, ...dialog }: Dialog & { bearer: TagBearer }) {
  const [seen] = useState(bearer);
  const [tags, setTags] = useState([...seen.tags]);
  const change = tagChange(seen.tags, tags);
  const input = { on: seen.on, ...change };
  return (
    <PreviewedDialog
      {...dialog}
      title={`Tags of ${seen.name}`}
      verb="Change the tags"
      document={changeTags}
      change={{ changeTags: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      isReady={change.add.length + change.remove.length > 0}
      done={(_, confirmImpact) =>
        tell(`${seen.name} has other tags now`, <Undo document={changeTags} input={{ on: seen.on, add: change.remove, remove: change.add, confirmImpact }} />)
      }
    >
      {(errorOf) => (
        <TagsField
          label="Tags"
          description="Enter ends a tag. Upper and lower case are the same."
          value={tags}
          onChange={setTags}
          error={errorOf('add') ?? errorOf('remove')}
          data-autofocus
        />
      )}
    </PreviewedDialog>
  );
}
