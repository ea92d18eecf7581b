import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';

/** What to do about a deployment that was saved. */
export function Saved({ id, conflicts }: { id: string; conflicts: number | null }) {
  if (conflicts) {
    return (
      <PathLink to={`/deployments/${id}`} search={{ tab: 'conflicts' }}>
        It is in conflict with {plural(conflicts, 'other deployment')}
      </PathLink>
    );
  }
  return (
    <PathLink to={`/deployments/${id}`} search={{ tab: 'revisions' }}>
      See its revisions, or undo
    </PathLink>
  );
}
