// On which computers something is wanted of an item, which are as wanted, and by which deployment.

import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Bar } from '~/kit/chart/Bar.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { Mark, type Tone } from '~/kit/text/Mark.tsx';
import { grouped, plural } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { Finding } from '~/maintenance/session/Finding.tsx';
import { foundFields } from '~/maintenance/session/finding.ts';
import { lastLooks } from '~/maintenance/session/lastLooks.ts';
import type { Item } from '../item/item.ts';
import { Winners, type winnersFragment } from './Winners.tsx';

/** Of a document that takes `$software` and `$task`, of which one is given. */
const computerFragment = graphql(
  `
  fragment ComputerOfItem on Computer {
    uuid name
    tenant { uuid name }
    resolution(softwareId: $software, taskId: $task, first: 1) {
      nodes { collected { value } winner { desired { text } deployment { uuid target { text } } } }
    }
    sessions(last: 2) { nodes { uuid endedAt actions { software { uuid } reason ...Found } } }
  }
`,
  [foundFields],
);

export const complianceFragment = graphql(
  `
    fragment ComplianceOfItem on ComplianceReport {
      shouldHave has differs unknown
      differing: computers(compliance: DIFFERS, first: 15) { nodes { ...ComputerOfItem } }
      unseen: computers(compliance: UNKNOWN, first: 15) { nodes { ...ComputerOfItem } }
      having: computers(compliance: HAS, first: 15) { nodes { ...ComputerOfItem } }
    }
  `,
  [computerFragment],
);

interface Props {
  item: Item;
  compliance: FragmentOf<typeof complianceFragment>;
  winners: FragmentOf<typeof winnersFragment> | null | undefined;
}

export function ComputersTab({ item, compliance, winners }: Props) {
  return (
    <div className="stack">
      <Compliance item={item} report={compliance} />
      {winners && <Winners winners={winners} />}
    </div>
  );
}

function Compliance({ item, report }: { item: Item; report: FragmentOf<typeof complianceFragment> }) {
  const { shouldHave, has, differs, unknown, differing, unseen, having } = readFragment(complianceFragment, report);
  if (shouldHave === 0) return <p className="dimmed">No deployment wants anything of it on any computer that you may see.</p>;
  return (
    <section className="card stack">
      <h2>Computers</h2>
      <Bar
        parts={[
          { value: has, tone: 'good' },
          { value: differs, tone: 'bad' },
          { value: unknown, tone: 'quiet' },
        ]}
        total={shouldHave}
        label={`${grouped(has)} of ${grouped(shouldHave)} are as wanted`}
      />
      <p className="small">
        Of {plural(shouldHave, 'computer')} on which something is wanted of it, {grouped(has)} {has === 1 ? 'is' : 'are'} as wanted, {grouped(differs)}{' '}
        {differs === 1 ? 'is' : 'are'} not, and at {grouped(unknown)} no session has looked yet.
      </p>
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
            <Rows item={item} computers={unseen.nodes} tone="warn" word="Not seen" />
            <Rows item={item} computers={having.nodes} tone="good" word="As wanted" />
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
            <span className="dimmed">neither of its last two sessions looked</span>
          )}
        </td>
      </tr>
    );
  });
}
