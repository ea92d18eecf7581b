// Every item that any deployment speaks of: what is wanted here and because of what, what was last seen, and how it went.

import { useNavigate } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { ItemLink } from '~/catalogue/item/ItemLink.tsx';
import { calledAmong, itemIn } from '~/catalogue/item/item.ts';
import { whichFragment } from '~/catalogue/item/which.ts';
import { type May, mayFragment } from '~/kit/action/may.ts';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { capital, sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { Finding } from '~/maintenance/session/Finding.tsx';
import { findingOf, foundFields } from '~/maintenance/session/finding.ts';
import { type Look, lastLooks } from '~/maintenance/session/lastLooks.ts';
import { endOfAction, toneOfResult } from '~/maintenance/session/words.ts';
import { Run } from '../actions.tsx';
import css from './ItemsTab.module.css';
import { Reasons, type reasonsFragment, type turnsFragment } from './Reasons.tsx';

export const itemsFragment = graphql(
  `
  fragment ComputerItems on Computer {
    uuid name
    may { ...May }
    resolution(first: 100) {
      totalCount
      nodes {
        isConflict
        software { uuid name ...WhichSoftware } task { uuid name }
        collected { value }
        winner { desired { text } deployment { uuid target { text } } explanation changed { ...Changed } }
      }
    }
    sessions(last: 10) {
      nodes { uuid endedAt created { at } actions { software { uuid } reason result message ...Found } }
    }
  }
`,
  [changeFragment, foundFields, mayFragment, whichFragment],
);

type Items = ResultOf<typeof itemsFragment>;
type Resolved = Items['resolution']['nodes'][number];
type Session = Items['sessions']['nodes'][number];

interface Props {
  computer: FragmentOf<typeof itemsFragment>;
  /** The item whose reasons are open, and what is known of them once they are read. */
  open: string | undefined;
  reasons: FragmentOf<typeof reasonsFragment> | undefined;
  turns: FragmentOf<typeof turnsFragment> | undefined;
}

export function ItemsTab({ computer, open, reasons, turns }: Props) {
  const { uuid, name, may, resolution, sessions } = readFragment(itemsFragment, computer);
  const looks = lastLooks(sessions.nodes);
  const called = calledAmong(resolution.nodes.flatMap((item) => itemIn(item) ?? []));
  if (resolution.nodes.length === 0) {
    return (
      <Empty title="No deployment speaks of this computer" action={<PathLink to="/deployments/new">Write a deployment</PathLink>}>
        Nothing is wanted here, and sessions do nothing, until one does.
      </Empty>
    );
  }
  return (
    <>
      <ul className={css.items}>
        {resolution.nodes.map((item) => (
          <ItemRow
            key={itemIn(item)?.uuid}
            of={item}
            called={called.get(itemIn(item)?.uuid ?? '') ?? ''}
            look={looks.get(itemIn(item)?.uuid ?? '')}
            computer={{ uuid, name }}
            may={may}
            hasSessions={sessions.nodes.length > 0}
            open={open}
            reasons={reasons}
            turns={turns}
          />
        ))}
      </ul>
      <Rest total={resolution.totalCount} shown={resolution.nodes.length} />
    </>
  );
}

function Rest({ total, shown }: { total: number | null; shown: number }) {
  if (total === null || total <= shown) return null;
  return (
    <p className="small dimmed">
      {shown} of {total} items are shown.
    </p>
  );
}

interface RowProps extends Omit<Props, 'computer'> {
  of: Resolved;
  /** Among the others. */
  called: string;
  look: Look<Session> | undefined;
  computer: { uuid: string; name: string };
  may: May;
  hasSessions: boolean;
}

function ItemRow({ of, called, look, computer, may, hasSessions, open, reasons, turns }: RowProps) {
  const navigate = useNavigate({ from: '/computers/$id' });
  const { winner, isConflict, collected } = of;
  const item = itemIn(of);
  if (!item) return null;
  const isOpen = open === item.uuid;
  const opened = { item: undefined, task: undefined, ...(isOpen ? {} : item.kind === 'task' ? { task: item.uuid } : { item: item.uuid }) };
  const toggle = () => void navigate({ search: (before) => ({ ...before, ...opened }), replace: true, resetScroll: false });
  return (
    <li className={css.item}>
      <div className={css.row}>
        <h2 className={css.name}>
          <ItemLink of={of} />
          {isConflict && <Mark tone="warn">Conflict</Mark>}
        </h2>
        <div>
          <div className={css.label}>Wanted</div>
          <Wanted winner={winner} />
        </div>
        <div>
          <div className={css.label}>Last seen</div>
          <Seen look={look} value={collected?.value} computer={computer} />
        </div>
        <div>
          <div className={css.label}>Last session</div>
          <Last look={look} hasSessions={hasSessions} />
        </div>
        <div className={css.actions}>
          <button type="button" className={css.why} aria-expanded={isOpen} onClick={toggle}>
            Why, since when
            <span aria-hidden>{isOpen ? ' ▴' : ' ▾'}</span>
            <span className={css.unseen}> of {called}</span>
          </button>
          {winner && <Run label="Run" computer={computer} item={{ ...item, name: called }} may={may} />}
        </div>
      </div>
      {isOpen && <Reasons computer={computer} may={may} item={item} reasons={reasons} turns={turns} />}
    </li>
  );
}

function Wanted({ winner }: Pick<Resolved, 'winner'>) {
  if (!winner) return <span className="dimmed">Nothing: no deployment applies</span>;
  const { desired, deployment, changed } = winner;
  return (
    <>
      <span className={css.said}>{desired ? capital(desired.text) : 'What a deployment that you may not see says'}</span>
      <div className="small dimmed">
        because of{' '}
        {deployment ? (
          <PathLink to={`/deployments/${deployment.uuid}`}>the deployment for {deployment.target.text}</PathLink>
        ) : (
          'a deployment of your provider for every tenant'
        )}
        {changed && (
          <>
            , changed <Changed change={changed} />
          </>
        )}
      </div>
    </>
  );
}

interface SeenProps {
  look: Look<Session> | undefined;
  /** What monitoring collected last. */
  value: unknown;
  computer: { uuid: string };
}

function Seen({ look, value, computer }: SeenProps) {
  if (!look?.seen) return <span className="dimmed">{look ? 'Not looked for' : 'Not yet'}</span>;
  const { action, session } = look.seen;
  return (
    <>
      <Finding of={action} value={value} isBrief />
      <div className="small dimmed">
        <Moment at={session.endedAt ?? session.created.at} />
        {action.task && findingOf(action).kind === 'value' && (
          <>
            {', '}
            <PathLink to={`/tasks/${action.task.uuid}`} search={{ tab: 'values', computer: computer.uuid }}>
              all values
            </PathLink>
          </>
        )}
      </div>
    </>
  );
}

function Last({ look, hasSessions }: { look: Look<Session> | undefined; hasSessions: boolean }) {
  if (!look) return <span className="dimmed">{hasSessions ? 'None of the last ten had it' : 'There was none yet'}</span>;
  const { action, session } = look.last;
  return (
    <>
      <Mark tone={toneOfResult(action.result)}>{endOfAction(action)}</Mark>{' '}
      <PathLink to={`/sessions/${session.uuid}`}>
        <Moment at={session.endedAt ?? session.created.at} />
      </PathLink>
      <div className="small dimmed break">
        {action.resultReason === 'VALUE_COLLECTED' || !action.message ? sentence(action.resultReason) : capital(action.message)}
      </div>
    </>
  );
}
