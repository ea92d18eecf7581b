import type { ReactNode } from 'react';
import { By } from '~/access/actor/By.tsx';
import { Action } from '~/kit/action/Action.tsx';
import { type May, possible } from '~/kit/action/may.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { mutationOf } from '../actions.tsx';
import { sentenceOf } from '../editor/words.ts';
import type { Act } from '../search.ts';
import { useNamesIn } from '../told.ts';
import type { Goal } from './BackDialog.tsx';
import { differences, titleOf } from './differences.ts';
import css from './revision.module.css';
import type { Revision, Said } from './said.ts';
import { backTo, type Now, undoOf, type Way } from './ways.ts';

interface Props {
  deployment: { uuid: string; may: May };
  now: Now;
  revision: Revision;
  said: Said;
  /** The one right before it, if the viewer may see that. */
  before: Said | undefined;
  isNewest: boolean;
  ask: (act: Act) => void;
  go: (goal: Goal) => void;
}

/** One change: what it changed, who made it, when and why, and the ways back. */
export function RevisionRow({ deployment: { uuid, may }, now, revision: { revision, made, event, changed }, said, before, isNewest, ask, go }: Props) {
  const names = useNamesIn(before?.draft.told, said.draft.told);
  const undo = undoOf(now, before, said);
  const back = backTo(now, said);
  const way = (way: Way, label: string, title: string) => (
    <WayBack way={way} label={label} title={title} may={may} ask={ask} go={(draft) => go({ title, draft })} />
  );
  return (
    <li className={css.revision} value={revision}>
      <div className="bar">
        <strong>{titleOf(said)}</strong>
        <span className="text">
          <Moment at={made.at} /> by <By actor={made.by} />
        </span>
        <span className={css.links}>
          {event && <PathLink to={`/events/${event.position}`}>Event</PathLink>}
          <PathLink to={`/deployments/${uuid}`} search={{ asOf: made.position }}>
            Look at that moment
          </PathLink>
        </span>
        <span className={css.ways}>
          {way(undo, 'Undo', `Undo revision ${revision}`)}
          {isNewest ? <span className="dimmed small">as it is now</span> : way(back, 'Back to this', `Back to this revision, ${revision}`)}
        </span>
      </div>
      {event?.reason && <q className="break">{event.reason}</q>}
      {changed.includes('CREATED') && <p className={css.line}>{sentenceOf(said.draft)}</p>}
      <Differences of={differences(before, said, names)} />
    </li>
  );
}

function Differences({ of }: { of: ReturnType<typeof differences> }) {
  if (of.length === 0) return null;
  return (
    <dl className={css.differences}>
      {of.map(({ what, before, after }) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>
            {before !== undefined && (
              <>
                <del>{before}</del> →{' '}
              </>
            )}
            <ins>{after}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface WayBackProps {
  way: Way;
  label: string;
  /** Of all those that are called so, this one. */
  title: string;
  may: May;
  ask: (act: Act) => void;
  go: (draft: Goal['draft']) => void;
}

function WayBack({ way, label, title, may, ask, go }: WayBackProps): ReactNode {
  switch (way.kind) {
    case 'none':
      return way.why && <span className="dimmed small">{way.why}</span>;
    case 'act':
      return (
        <Action size="compact-xs" aria-label={title} may={possible(may, mutationOf(way.act))} onClick={() => ask(way.act)}>
          {label}
        </Action>
      );
    case 'change':
      return (
        <Action size="compact-xs" aria-label={title} may={possible(may, 'changeDeployment')} onClick={() => go(way.draft)}>
          {label}
        </Action>
      );
  }
}
