// Which computers should have a software, which do, and by which deployment.
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Wide } from '~/kit/table/Wide.tsx';
import { Mark, type Tone } from '~/kit/text/Mark.tsx';
import { plural } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import css from './software.module.css';

const computerFragment = graphql(`
  fragment ComputerOfSoftware on Computer {
    uuid name
    tenant { uuid name }
    resolution(softwareId: $id, first: 1) { nodes { winner { desired { text } deployment { uuid target { text } } } } }
    sessions(last: 1) { nodes { uuid endedAt actions { software { uuid } detected isBroken } } }
  }
`);

export const complianceFragment = graphql(
  `
    fragment ComplianceOfSoftware on ComplianceReport {
      shouldHave has differs unknown
      differing: computers(compliance: DIFFERS, first: 25) { nodes { ...ComputerOfSoftware } }
      unseen: computers(compliance: UNKNOWN, first: 25) { nodes { ...ComputerOfSoftware } }
      having: computers(compliance: HAS, first: 25) { nodes { ...ComputerOfSoftware } }
    }
  `,
  [computerFragment],
);

export const winnersFragment = graphql(`
  fragment Winners on DeploymentCountConnection { totalCount nodes { computerCount targetText deployment { uuid desired { text } } } }
`);

interface Props {
  softwareId: string;
  compliance: FragmentOf<typeof complianceFragment> | null | undefined;
  winners: FragmentOf<typeof winnersFragment> | null | undefined;
}

export function ComputersTab({ softwareId, compliance, winners }: Props) {
  return (
    <div className="stack">
      {compliance && <Compliance softwareId={softwareId} report={compliance} />}
      {winners && <Winners winners={winners} />}
    </div>
  );
}

function Compliance({ softwareId, report }: { softwareId: string; report: FragmentOf<typeof complianceFragment> }) {
  const { shouldHave, has, differs, unknown, differing, unseen, having } = readFragment(complianceFragment, report);
  if (shouldHave === 0) return <p className="dimmed">No deployment wants anything of it on any computer that you may see.</p>;
  return (
    <section className="card stack">
      <h2>Computers</h2>
      <svg className={css.compliance} viewBox={`0 0 ${shouldHave} 1`} preserveAspectRatio="none" aria-hidden>
        <rect className={css.has} x={0} width={has} height={1} />
        <rect className={css.differs} x={has} width={differs} height={1} />
        <rect className={css.unknown} x={has + differs} width={unknown} height={1} />
      </svg>
      <p className="small">
        Of {plural(shouldHave, 'computer')} on which something is wanted of it, {has.toLocaleString('en')} {has === 1 ? 'is' : 'are'} as wanted,{' '}
        {differs.toLocaleString('en')} {differs === 1 ? 'is' : 'are'} not, and at {unknown.toLocaleString('en')} no session has looked yet.
      </p>
      <Wide label="Computers that have or should have it">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Computer</th>
              <th scope="col">Compliance</th>
              <th scope="col">Wanted</th>
              <th scope="col">Its last session saw</th>
            </tr>
          </thead>
          <tbody>
            <Rows softwareId={softwareId} computers={differing.nodes} tone="bad" word="Differs" />
            <Rows softwareId={softwareId} computers={unseen.nodes} tone="warn" word="Not seen" />
            <Rows softwareId={softwareId} computers={having.nodes} tone="good" word="As wanted" />
          </tbody>
        </table>
      </Wide>
      <More left={differs - differing.nodes.length} word="more that differ" />
      <More left={unknown - unseen.nodes.length} word="more that no session has seen" />
      <More left={has - having.nodes.length} word="more that are as wanted" />
    </section>
  );
}

function More({ left, word }: { left: number; word: string }) {
  return left > 0 ? (
    <p className="dimmed small">
      and {left.toLocaleString('en')} {word}
    </p>
  ) : null;
}

interface RowsProps {
  softwareId: string;
  computers: readonly FragmentOf<typeof computerFragment>[];
  tone: Tone;
  word: string;
}

function Rows({ softwareId, computers, tone, word }: RowsProps) {
  return readFragment(computerFragment, computers).map(({ uuid, name, tenant, resolution, sessions }) => {
    const winner = resolution.nodes[0]?.winner;
    const session = sessions.nodes[0];
    const action = session?.actions.find(({ software }) => software?.uuid === softwareId);
    return (
      <tr key={uuid}>
        <td>
          <PathLink to={`/computers/${uuid}`}>{name}</PathLink> {tenant && <span className="dimmed small">{tenant.name}</span>}
        </td>
        <td>
          <Mark tone={tone}>{word}</Mark>
        </td>
        <td>
          {winner?.desired?.text}
          {winner?.deployment && (
            <div className="dimmed small">
              because of the deployment for <PathLink to={`/deployments/${winner.deployment.uuid}`}>{winner.deployment.target.text}</PathLink>
            </div>
          )}
        </td>
        <td>
          {session && action ? (
            <>
              {action.detected ?? 'not there'}
              {action.isBroken && ', broken'},{' '}
              <PathLink to={`/sessions/${session.uuid}`}>{session.endedAt ? <Moment at={session.endedAt} /> : 'running'}</PathLink>
            </>
          ) : (
            <span className="dimmed">it did not look</span>
          )}
        </td>
      </tr>
    );
  });
}

function Winners({ winners }: { winners: FragmentOf<typeof winnersFragment> }) {
  const { nodes, totalCount } = readFragment(winnersFragment, winners);
  if (nodes.length === 0) return null;
  return (
    <section className="card">
      <h2>Deployments that decide</h2>
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">For</th>
            <th scope="col">Wants</th>
            <th scope="col" className="number">
              Computers
            </th>
          </tr>
        </thead>
        <tbody>
          {nodes.map(({ deployment, targetText, computerCount }) => (
            <tr key={deployment?.uuid ?? targetText}>
              <td>{deployment ? <PathLink to={`/deployments/${deployment.uuid}`}>{targetText}</PathLink> : targetText}</td>
              <td>{deployment?.desired.text}</td>
              <td className="number">{computerCount.toLocaleString('en')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <More left={(totalCount ?? 0) - nodes.length} word="more" />
    </section>
  );
}
