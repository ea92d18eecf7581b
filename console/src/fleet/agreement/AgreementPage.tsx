import { getRouteApi, Link } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { EventRows, eventRowFields } from '~/installation/event/EventRows.tsx';
import { Actions } from '~/kit/action/Actions.tsx';
import { mayFragment } from '~/kit/action/may.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Missing, PageBody } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { Fact, Facts } from '~/kit/text/Facts.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { ChangeAgreement, RecordAddition, RemoveAddition, RemoveAgreement } from './actions.tsx';
import { periodWords } from './period.ts';

const agreementQuery = graphql(
  `
    query Agreement($id: ID!, $stream: String!, $asOf: AsOfInput) {
      agreement(id: $id, asOf: $asOf) {
        uuid name agreementType isRemoved revision
        may { ...May }
        period { firstDay lastDay }
        tenant { uuid name timeZone }
        additions { product period { firstDay lastDay } }
        changed { ...Changed }
      }
      events(filter: { stream: $stream }, first: 20, orderBy: { field: RECORDED_AT, direction: DESC }, asOf: $asOf) { nodes { ...EventRow } }
    }
  `,
  [changeFragment, eventRowFields, mayFragment],
);

const route = getRouteApi('/agreements/$id');

export function AgreementPage() {
  const { id } = route.useParams();
  // Another agreement is another page: nothing of the one before is shown under its address.
  return <OneAgreement key={id} id={id} />;
}

function OneAgreement({ id }: { id: string }) {
  const page = usePage(agreementQuery, { id, stream: `agreement-${id}` }, { concerns: ['AGREEMENT', 'TENANT'] });
  return (
    <PageBody page={page}>{(data) => (data.agreement ? <Shown agreement={data.agreement} events={data.events} /> : <Missing what="agreement" />)}</PageBody>
  );
}

type Data = ResultOf<typeof agreementQuery>;
type Agreement = NonNullable<Data['agreement']>;

function Shown({ agreement, events }: { agreement: Agreement; events: Data['events'] }) {
  const { tenant } = agreement;
  return (
    <div className="stack">
      <div className="bar">
        <h1>{agreement.name}</h1>
        {agreement.isRemoved && <Mark>Removed</Mark>}
        <span className="grow" />
        {!agreement.isRemoved && (
          <Actions>
            <RecordAddition agreement={agreement} />
            <ChangeAgreement agreement={agreement} />
            <RemoveAgreement agreement={agreement} />
          </Actions>
        )}
      </div>
      <Facts>
        <Fact name="Type">{agreement.agreementType}</Fact>
        <Fact name="Counts">
          {periodWords(agreement.period)} {tenant && <span className="dimmed">by the days of {tenant.timeZone}</span>}
        </Fact>
        <Fact name="Tenant">
          {tenant ? (
            <Link to="/tenants/$id" params={{ id: tenant.uuid }}>
              {tenant.name}
            </Link>
          ) : (
            'one that you may not see'
          )}
        </Fact>
        <Fact name="Changed">
          <Changed change={agreement.changed} />
        </Fact>
      </Facts>
      <Products agreement={agreement} />
      {events && (
        <section className="card">
          <h2>What happened to it</h2>
          <EventRows events={events.nodes} label="What happened" isOfOne />
        </section>
      )}
    </div>
  );
}

function Products({ agreement }: { agreement: Agreement }) {
  return (
    <section className="card">
      <h2>
        Products <span className="dimmed">{agreement.additions.length}</span>
      </h2>
      {agreement.additions.length === 0 ? (
        <p className="dimmed small">None is on it. Deployments that choose by a product do not find it.</p>
      ) : (
        <Wide label="Products">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">Product</th>
                <th scope="col">Counts</th>
                <th scope="col">Change</th>
              </tr>
            </thead>
            <tbody>
              {agreement.additions.map((addition) => (
                <tr key={addition.product}>
                  <td>{addition.product}</td>
                  <td>{periodWords(addition.period)}</td>
                  <td>
                    {!agreement.isRemoved && (
                      <div className="bar">
                        <RecordAddition agreement={agreement} addition={addition} />
                        <RemoveAddition agreement={agreement} addition={addition} />
                      </div>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </section>
  );
}
