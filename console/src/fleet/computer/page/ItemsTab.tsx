// Every item that any deployment speaks of: what is wanted here and because of what, what was last seen, and how it went.
import { useNavigate } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { type May, mayFragment } from '~/kit/action/may.ts';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { capital, sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { toneOfResult } from '~/maintenance/session/words.ts';
import { Run } from '../actions.tsx';
import css from './ItemsTab.module.css';
import { type Look, lastLooks } from './lastLooks.ts';
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
        software { uuid name }
        winner { desired { text } deployment { uuid target { text } } explanation changed { ...Changed } }
      }
    }
    sessions(last: 10) {
      nodes { uuid endedAt created { at } actions { software { uuid } type reason result resultReason message detected isBroken } }
    }
  }
`,
  [changeFragment, mayFragment],
);

type Items = ResultOf<typeof itemsFragment>;
type Item = Items['resolution']['nodes'][number];
type Session = Items['sessions']['nodes'][number];

interface Props {
  computer: FragmentOf<typeof itemsFragment>;
  /** The software whose reasons are open, and what is known of them once they are read. */
  open: string | undefined;
  reasons: FragmentOf<typeof reasonsFragment> | undefined;
  turns: FragmentOf<typeof turnsFragment> | undefined;
}

export function ItemsTab({ computer, open, reasons, turns }: Props) {
  const { uuid, name, may, resolution, sessions } = readFragment(itemsFragment, computer);
  const looks = lastLooks(sessions.nodes);
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
            key={item.software?.uuid}
            item={item}
            look={item.software ? looks.get(item.software.uuid) : undefined}
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
  item: Item;
  look: Look<Session> | undefined;
  computer: { uuid: string; name: string };
  may: May;
  hasSessions: boolean;
}

function ItemRow({ item, look, computer, may, hasSessions, open, reasons, turns }: RowProps) {
  const navigate = useNavigate({ from: '/computers/$id' });
  const { software, winner, isConflict } = item;
  if (!software) return null;
  const isOpen = open === software.uuid;
  const toggle = () => void navigate({ search: (before) => ({ ...before, item: isOpen ? undefined : software.uuid }), replace: true, resetScroll: false });
  return (
    <li className={css.item}>
      <div className={css.row}>
        <h2 className={css.name}>
          <PathLink to={`/software/${software.uuid}`}>{software.name}</PathLink>
          {isConflict && <Mark tone="warn">Conflict</Mark>}
        </h2>
        <div>
          <div className={css.label}>Wanted</div>
          <Wanted winner={winner} />
        </div>
        <div>
          <div className={css.label}>Last seen</div>
          <Seen look={look} />
        </div>
        <div>
          <div className={css.label}>Last session</div>
          <Last look={look} hasSessions={hasSessions} />
        </div>
        <div className={css.actions}>
          <button type="button" className={css.why} aria-expanded={isOpen} onClick={toggle}>
            Why, since when
            <span aria-hidden>{isOpen ? ' ▴' : ' ▾'}</span>
            <span className={css.unseen}> of {software.name}</span>
          </button>
          {winner && <Run label="Run" computer={computer} software={software} may={may} />}
        </div>
      </div>
      {isOpen && <Reasons computer={computer} may={may} software={software} reasons={reasons} turns={turns} />}
    </li>
  );
}

function Wanted({ winner }: Pick<Item, 'winner'>) {
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

function Seen({ look }: { look: Look<Session> | undefined }) {
  if (!look?.seen) return <span className="dimmed">{look ? 'Not looked for' : 'Not yet'}</span>;
  const { action, session } = look.seen;
  return (
    <>
      {action.detected ? <span className="mono">{action.detected}</span> : 'Not there'} {action.isBroken && <Mark tone="bad">Broken</Mark>}
      <div className="small dimmed">
        <Moment at={session.endedAt ?? session.created.at} />
      </div>
    </>
  );
}

function Last({ look, hasSessions }: { look: Look<Session> | undefined; hasSessions: boolean }) {
  if (!look) return <span className="dimmed">{hasSessions ? 'None of the last ten had it' : 'There was none yet'}</span>;
  const { action, session } = look.last;
  return (
    <>
      <Mark tone={toneOfResult(action.result)}>{sentence(action.result)}</Mark>{' '}
      <PathLink to={`/sessions/${session.uuid}`}>
        <Moment at={session.endedAt ?? session.created.at} />
      </PathLink>
      <div className="small dimmed break">{action.message ? capital(action.message) : sentence(action.resultReason)}</div>
    </>
  );
}
