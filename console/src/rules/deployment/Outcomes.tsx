// What a deployment comes to, computer by computer: where it wins, where it loses and to whom, where it does not apply and why.
import { SegmentedControl } from '@mantine/core';
import { useOnComputers } from '~/access/may/useOnComputers.ts';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { SaidOnce } from '~/kit/action/Refusals.tsx';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { type Cursors, Pager } from '~/kit/table/Pager.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { Mark, type Tone } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { Approval } from './Approval.tsx';
import { parted } from './explanation.ts';
import { OUTCOMES } from './search.ts';

export const OUTCOMES_SHOWN = 50;

export const outcomesFragment = graphql(`
  fragment DeploymentOutcomes on DeploymentOutcomeConnection {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      outcome reason explanation
      computer { uuid name tenant { uuid name } }
      lostToDeployment { uuid target { text } }
    }
  }
`);

type Outcome = (typeof OUTCOMES)[number];

interface Props {
  of: FragmentOf<typeof outcomesFragment>;
  /** An optional one acts on a computer where it was approved for it. */
  optional: string | undefined;
  /** What the deployment is for, in words. */
  target: string;
  counts: Record<Outcome, number | null | undefined>;
  chosen: Outcome | undefined;
  choose: (outcome: Outcome | undefined) => void;
  /** Of this tenant alone. */
  tenant: string | undefined;
  chooseTenant: (tenant: string | undefined) => void;
  cursors: Cursors;
}

export function Outcomes({ of, optional, target, counts, chosen, choose, tenant, chooseTenant, cursors }: Props) {
  const approval = useOnComputers()('setComputerDeploymentApproval');
  const { nodes, totalCount, pageInfo } = readFragment(outcomesFragment, of);
  return (
    <section className="card stack" aria-label="Where it wins and loses">
      <div className="bar">
        <SegmentedControl
          aria-label="Outcome"
          value={chosen ?? ''}
          onChange={(value) => choose(OUTCOMES.find((known) => known === value))}
          data={[
            { value: '', label: 'All' },
            ...OUTCOMES.map((value) => ({ value, label: `${sentence(value)} ${(counts[value] ?? 0).toLocaleString('en')}` })),
          ]}
        />
        <TenantSelect aria-label="Tenant" placeholder="Every tenant" w={190} value={tenant} onChange={chooseTenant} />
      </div>
      {nodes.length === 0 ? (
        <p className="dimmed">{chosen || tenant ? 'There is no such computer.' : 'There is no computer yet.'}</p>
      ) : (
        <SaidOnce>
          <Wide label="Outcomes">
            <table className="rows">
              <thead>
                <tr>
                  <th scope="col">Computer</th>
                  <th scope="col">Tenant</th>
                  <th scope="col">Outcome</th>
                  <th scope="col">Why</th>
                </tr>
              </thead>
              <tbody>
                {nodes.map(({ computer, outcome, reason, explanation, lostToDeployment }) => (
                  <tr key={computer?.uuid ?? explanation}>
                    <td className="name">{computer && <PathLink to={`/computers/${computer.uuid}`}>{computer.name}</PathLink>}</td>
                    <td className="name">{computer?.tenant && <PathLink to={`/tenants/${computer.tenant.uuid}`}>{computer.tenant.name}</PathLink>}</td>
                    <td>
                      <Mark tone={TONES[outcome]}>{sentence(outcome)}</Mark>
                    </td>
                    <td>
                      <Why target={target} explanation={explanation} lostTo={lostToDeployment} />
                      {optional && computer && (outcome !== 'DOES_NOT_APPLY' || reason === 'NOT_APPROVED') && (
                        <Approval deploymentId={optional} computer={computer} isApproved={outcome !== 'DOES_NOT_APPLY'} may={approval} />
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Wide>
        </SaidOnce>
      )}
      <Pager
        label="outcomes"
        cursors={cursors}
        size={OUTCOMES_SHOWN}
        shown={nodes.length}
        total={totalCount}
        endCursor={pageInfo.endCursor}
        hasNext={pageInfo.hasNextPage}
      />
    </section>
  );
}

interface WhyProps {
  target: string;
  explanation: string;
  lostTo: { uuid: string; target: { text: string } } | null;
}

/** The API's sentence, whose subject is this deployment on every line; whom it speaks of is a link. */
function Why({ target, explanation, lostTo }: WhyProps) {
  const { before, other, after } = parted(explanation, target, lostTo?.target.text);
  return (
    <>
      {before}
      {lostTo && <PathLink to={`/deployments/${lostTo.uuid}`}>{other}</PathLink>}
      {after}
    </>
  );
}

const TONES: Record<Outcome, Tone> = { WINS: 'good', LOSES: 'warn', DOES_NOT_APPLY: 'quiet' };
