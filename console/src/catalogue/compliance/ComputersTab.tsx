// On which computers something is wanted of an item, which are as wanted, and by which deployment.

import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { Bar } from '~/kit/chart/Bar.tsx';
import { useBeside } from '~/kit/live/useBeside.ts';
import { Card } from '~/kit/state/Card.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { Mark, type Tone } from '~/kit/text/Mark.tsx';
import { grouped } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { Finding } from '~/maintenance/session/Finding.tsx';
import { foundFields } from '~/maintenance/session/finding.ts';
import { lastLooks } from '~/maintenance/session/lastLooks.ts';
import { type Item, idsOfItem } from '../item/item.ts';
import { Winners, winnersFragment } from './Winners.tsx';
import { countsWords, whyUnknown } from './words.ts';

const computerFragment = graphql(
  `
  fragment ComputerOfItem on Computer {
    uuid name
    tenant { uuid name }
    resolution(softwareId: $softwareId, taskId: $taskId, first: 1) {
      nodes { collected { value } winner { desired { text } deployment { uuid target { text } } } }
    }
    sessions(last: 3) { nodes { uuid endedAt actions { software { uuid } reason ...Found } } }
  }
`,
  [foundFields],
);

const complianceQuery = graphql(
  `
  query ComplianceOfItem($softwareId: ID, $taskId: ID, $asOf: AsOfInput) {
    compliance(softwareId: $softwareId, taskId: $taskId, asOf: $asOf) {
      shouldHave has differs unknown
      differing: computers(compliance: DIFFERS, first: 15) { nodes { ...ComputerOfItem } }
      unseen: computers(compliance: UNKNOWN, first: 15) { nodes { ...ComputerOfItem } }
      having: computers(compliance: HAS, first: 15) { nodes { ...ComputerOfItem } }
    }
    winners(softwareId: $softwareId, taskId: $taskId, first: 20, asOf: $asOf) { ...Winners }
  }
`,
  [computerFragment, winnersFragment],
);

interface Props {
  item: Item;
  /** Whether each computer says which version is the newest. */
  isAsked?: boolean;
  /** Of the page: this is of the same, and read beside it, since it costs as much as a page may. */
  position: string | undefined;
}

export function ComputersTab({ item, isAsked = false, position }: Props) {
  const { data, failure, behind, again } = useBeside(complianceQuery, idsOfItem(item), position, { isCostly: true });
  return (
    <div className="stack">
      <Card title="Computers" failure={failure} again={again} of={data?.compliance} behind={behind} lines={6}>
        {(report) => <Compliance item={item} report={report} isAsked={isAsked} />}
      </Card>
      {data?.winners && <Winners winners={data.winners} />}
    </div>
  );
}

type Report = NonNullable<ResultOf<typeof complianceQuery>['compliance']>;

function Compliance({ item, report, isAsked }: { item: Item; report: Report; isAsked: boolean }) {
  const { shouldHave, has, differs, unknown, differing, unseen, having } = report;
  const why = whyUnknown(isAsked);
  if (shouldHave === 0) return <p className="dimmed">No deployment wants anything of it on any computer that you may see.</p>;
  return (
    <div className="stack">
      <Bar
        parts={[
          { value: has, tone: 'good' },
          { value: differs, tone: 'bad' },
          { value: unknown, tone: 'quiet' },
        ]}
        total={shouldHave}
        label={`${grouped(has)} of ${grouped(shouldHave)} are as wanted`}
      />
      <p className="small">{countsWords(report)}</p>
      {unknown > 0 && why && <p className="dimmed small">{why}</p>}
      <Wide label="Computers on which something is wanted of it">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Computer</th>
              <th scope="col">Compliance</th>
              <th scope="col">Wanted</th>
              <th scope="col">Last seen</th>
            </tr>
          </thead>
          <tbody>
            <Rows item={item} computers={differing.nodes} tone="bad" word="Differs" />
            <Rows item={item} computers={unseen.nodes} tone="warn" word="Not known" />
            <Rows item={item} computers={having.nodes} tone="good" word="As wanted" />
          </tbody>
        </table>
      </Wide>
      <More left={differs - differing.nodes.length} word="more that differ" />
      <More left={unknown - unseen.nodes.length} word="more of which it is not known" />
      <More left={has - having.nodes.length} word="more that are as wanted" />
    </div>
  );
}

function More({ left, word }: { left: number; word: string }) {
  return left > 0 ? (
    <p className="dimmed small">
      and {grouped(left)} {word}
    </p>
  ) : null;
}

interface RowsProps {
  item: Item;
  computers: readonly FragmentOf<typeof computerFragment>[];
  tone: Tone;
  word: string;
}

function Rows({ item, computers, tone, word }: RowsProps) {
  return readFragment(computerFragment, computers).map(({ uuid, name, tenant, resolution, sessions }) => {
    const { winner, collected } = resolution.nodes[0] ?? {};
    const seen = lastLooks(sessions.nodes).get(item.uuid)?.seen;
    return (
      <tr key={uuid}>
        <td>
          <PathLink to={`/computers/${uuid}`} search={item.kind === 'task' ? { task: item.uuid } : { item: item.uuid }}>
            {name}
          </PathLink>{' '}
          {tenant && <span className="dimmed small">{tenant.name}</span>}
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
          {seen ? (
            <>
              <Finding of={seen.action} value={collected?.value} />
              <div className="dimmed small">
                <PathLink to={`/sessions/${seen.session.uuid}`}>{seen.session.endedAt ? <Moment at={seen.session.endedAt} /> : 'running'}</PathLink>
              </div>
            </>
          ) : (
            <span className="dimmed">its last three sessions told nothing of it</span>
          )}
        </td>
      </tr>
    );
  });
}
