import { Link, useSearch } from '@tanstack/react-router';
import { ItemLink } from '~/catalogue/item/ItemLink.tsx';
import { itemIn } from '~/catalogue/item/item.ts';
import { whichFragment } from '~/catalogue/item/which.ts';
import type { SecretNames } from '~/catalogue/task/parameter/value.ts';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { capital, plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { toldBy, toldChangeWords, toldFragment, useNamesIn } from '../deployment/told.ts';
import css from './Changes.module.css';
import { shortWayOf, wayOf } from './words.ts';

export const changeFields = graphql(
  `
  fragment ResolutionChangeRow on ResolutionChange {
    kind explanation
    computer { uuid name }
    tenant { uuid name }
    software { uuid name ...WhichSoftware } task { uuid name } cloudTask { uuid name }
    before { deployment { uuid parameters { ...ToldToTask } } targetText desired { kind text } }
    after { deployment { uuid parameters { ...ToldToTask } } targetText desired { kind text } }
  }
`,
  [toldFragment, whichFragment],
);

interface Props {
  changes: readonly FragmentOf<typeof changeFields>[];
  total: number | null;
  next: string | null;
}

/** Each item that differs, in words. */
export function Changes({ changes: masked, total, next }: Props) {
  const search = useSearch({ from: '/compare' });
  const changes = readFragment(changeFields, masked);
  const names = useNamesIn(...changes.flatMap(({ before, after }) => [toldBy(before), toldBy(after)]));
  const isNarrowed = search.kind !== undefined || search.at !== undefined;
  return (
    <section className="card">
      <h2>
        {total === null ? 'What differs' : plural(total, 'difference')}
        {search.kind && `: ${wayOf(search.kind).toLowerCase()}`}
      </h2>
      {isNarrowed && (
        <p className="small">
          Only a part is shown.{' '}
          <Link to="/compare" search={(before: object) => ({ ...before, kind: undefined, at: undefined, after: undefined })}>
            Show all
          </Link>
        </p>
      )}
      <ul className={`plain ${css.changes}`}>
        {changes.map((change) => (
          <Change key={`${change.computer?.uuid ?? change.tenant?.uuid}${itemIn(change)?.uuid}`} change={change} names={names} />
        ))}
      </ul>
      <div className="bar small">
        {search.after && (
          <Link to="/compare" search={(before: object) => ({ ...before, after: undefined })}>
            Back to the first
          </Link>
        )}
        {next && (
          <Link to="/compare" search={(before: object) => ({ ...before, after: next })}>
            Show the next
          </Link>
        )}
      </div>
    </section>
  );
}

function Change({ change, names }: { change: ResultOf<typeof changeFields>; names: SecretNames }) {
  const { kind, explanation, computer, tenant, before, after } = change;
  const told = toldChangeWords(toldBy(before), toldBy(after), names);
  return (
    <li>
      <div className={css.what}>
        <ItemLink of={change} />
        {computer && (
          <span>
            {'on '}
            <PathLink to={`/computers/${computer.uuid}`}>{computer.name}</PathLink>
          </span>
        )}
        {tenant && (
          <span>
            {computer ? 'of ' : 'for '}
            <PathLink to={`/tenants/${tenant.uuid}`}>{tenant.name}</PathLink>
          </span>
        )}
        <Mark>{shortWayOf(kind)}</Mark>
      </div>
      <p>
        {capital(explanation)}. {told && <span className="break">It tells the task {told}. </span>}
        <Deciding words="Deployment before" winner={before} /> <Deciding words="Deployment after" winner={after} />
      </p>
    </li>
  );
}

function Deciding({ words, winner }: { words: string; winner: { deployment: { uuid: string } | null } | null }) {
  if (!winner?.deployment) return null;
  return (
    <span className="small">
      <PathLink to={`/deployments/${winner.deployment.uuid}`}>{words}</PathLink>
    </span>
  );
}
