import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';

interface Props {
  id: string;
  conflicts: number | undefined;
}

/** What to do about a deployment that was saved. */
export function Saved({ id, conflicts }: Props) {
  if (conflicts) return <ConflictsLink id={id} conflicts={conflicts} />;
  return (
    <PathLink to={`/deployments/${id}`} search={{ tab: 'revisions' }}>
      See its revisions, or undo
    </PathLink>
  );
}

/** Nothing where there are none. */
export function ConflictsLink({ id, conflicts }: Props) {
  if (!conflicts) return null;
  return (
    <PathLink to={`/deployments/${id}`} search={{ tab: 'conflicts' }}>
      It is in conflict with {plural(conflicts, 'other deployment')}
    </PathLink>
  );
}
