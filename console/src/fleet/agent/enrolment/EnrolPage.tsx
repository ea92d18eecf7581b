// Enrolment: a token is created, and what to do with it on the computer is shown beside its secret, once.
import { Button, Switch } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { mayFragment } from '~/kit/action/may.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { PageBody } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { useNow } from '~/kit/time/clock.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { RevokeToken } from './actions.tsx';
import { Instructions } from './Instructions.tsx';
import { type NewlyCreated, NewToken } from './NewToken.tsx';

const tokensQuery = graphql(
  `
  query EnrolmentTokens($filter: EnrolmentTokenFilter, $last: Int!, $asOf: AsOfInput) {
    server(asOf: $asOf) { time }
    enrolmentTokens(filter: $filter, last: $last, asOf: $asOf) {
      totalCount
      nodes { uuid expiresAt maxUses uses isRevoked may { ...May } tenant { uuid name } created { ...Changed } }
    }
  }
`,
  [changeFragment, mayFragment],
);

type Tokens = NonNullable<ResultOf<typeof tokensQuery>['enrolmentTokens']>;
type Token = Tokens['nodes'][number];

const FEW = 20;
const MOST = 100;

export function EnrolPage() {
  const { tenant, revoked } = useSearch({ from: '/agents/enrol' });
  const navigate = useNavigate({ from: '/agents/enrol' });
  const [created, setCreated] = useState<NewlyCreated>();
  const [last, setLast] = useState(FEW);
  const filter = { tenantId: tenant, isRevoked: revoked === 'yes' ? undefined : false };
  const page = usePage(tokensQuery, { filter, last }, { concerns: ['ENROLMENT_TOKEN', 'TENANT'], keep: true });
  const chooseTenant = (tenant: string | undefined) => void navigate({ search: (before) => ({ ...before, tenant }), replace: true });
  const showRevoked = (isShown: boolean) => void navigate({ search: (before) => ({ ...before, revoked: isShown ? 'yes' : undefined }), replace: true });
  return (
    <div className="stack">
      <h1>Enrol computers</h1>
      <section className="card">
        <h2>New token</h2>
        <NewToken tenant={tenant} chooseTenant={chooseTenant} created={setCreated} />
      </section>
      {created && (
        <section className="card" aria-live="polite">
          <h2>On the computer</h2>
          <Instructions key={created.enrolmentToken?.uuid} created={created} />
        </section>
      )}
      <section className="card">
        <h2>Tokens{tenant ? ' of this tenant' : ''}</h2>
        <Switch label="With revoked ones" checked={revoked === 'yes'} onChange={(event) => showRevoked(event.currentTarget.checked)} mb="xs" />
        <PageBody page={page}>
          {({ enrolmentTokens, server }) =>
            enrolmentTokens && <TokenRows tokens={enrolmentTokens} time={server?.time} more={last < MOST ? () => setLast(MOST) : undefined} />
          }
        </PageBody>
      </section>
    </div>
  );
}

interface RowsProps {
  tokens: Tokens;
  /** When the moment that is looked at was. */
  time: string | null | undefined;
  more: (() => void) | undefined;
}

function TokenRows({ tokens: { nodes, totalCount }, time, more }: RowsProps) {
  const now = useNow();
  const isPast = useMoment() !== undefined;
  const at = isPast && time ? Date.parse(time) : now;
  if (nodes.length === 0) return <p className="dimmed small">There is none. A token is what agents show once, when they enrol.</p>;
  const rest = (totalCount ?? 0) - nodes.length;
  return (
    <>
      <Wide label="Enrolment tokens">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Tenant</th>
              <th scope="col">Good</th>
              <th scope="col">Used</th>
              <th scope="col">Expires</th>
              <th scope="col">Created</th>
              <th scope="col">Agents</th>
              <th scope="col">Actions</th>
            </tr>
          </thead>
          <tbody>
            {nodes.toReversed().map((token) => (
              <TokenRow key={token.uuid} token={token} at={at} />
            ))}
          </tbody>
        </table>
      </Wide>
      {rest > 0 &&
        (more ? <Button onClick={more}>Show more</Button> : <p className="small dimmed">{rest} older ones are not shown; choose a tenant to see its own.</p>)}
    </>
  );
}

function TokenRow({ token: { uuid, may, tenant, isRevoked, uses, maxUses, expiresAt, created }, at }: { token: Token; at: number }) {
  const isExpired = Date.parse(expiresAt) <= at;
  const state = isRevoked ? 'Revoked' : isExpired ? 'Expired' : uses >= maxUses ? 'Used up' : undefined;
  return (
    <tr>
      <td>{tenant ? <PathLink to={`/tenants/${tenant.uuid}`}>{tenant.name}</PathLink> : <span className="dimmed">one that you may not see</span>}</td>
      <td>{state ? <Mark>{state}</Mark> : <Mark tone="good">Yes</Mark>}</td>
      <td>
        {uses.toLocaleString('en')} of {maxUses.toLocaleString('en')}
      </td>
      <td>
        <Moment at={expiresAt} />
      </td>
      <td>
        <Changed change={created} />
      </td>
      <td>
        {tenant && (
          <PathLink to="/agents" search={{ tenant: tenant.uuid, order: '-CREATED_AT' }}>
            The newest of {tenant.name}
          </PathLink>
        )}
      </td>
      <td>{!isRevoked && <RevokeToken id={uuid} tenant={tenant?.name ?? 'a tenant'} may={may} />}</td>
    </tr>
  );
}
