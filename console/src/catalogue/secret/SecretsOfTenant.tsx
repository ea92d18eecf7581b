// On a tenant's page: the secrets that can be told for its computers.
import { graphql } from '~/kit/api/graphql.ts';
import { useBeside } from '~/kit/live/useBeside.ts';
import { Empty, Failed, Loading } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { CreateSecret } from './CreateSecret.tsx';
import { COLUMNS } from './columns.tsx';
import { secretFragment } from './secret.ts';

const ofTenantQuery = graphql(
  `
    query SecretsOfTenant($tenant: ID!, $asOf: AsOfInput) {
      secrets(filter: { forTenantId: $tenant }, first: 20, asOf: $asOf) { totalCount nodes { ...ListedSecret } }
    }
  `,
  [secretFragment],
);

interface Props {
  tenant: { uuid: string; name: string };
  /** Of the page. */
  position: string | undefined;
}

export function SecretsOfTenant({ tenant: { uuid, name }, position }: Props) {
  const { data, failure, again } = useBeside(ofTenantQuery, { tenant: uuid }, position);
  if (failure) return <Failed failure={failure} again={again} />;
  if (!data?.secrets) return <Loading />;
  const { nodes, totalCount } = data.secrets;
  const more = (totalCount ?? 0) - nodes.length;
  if (nodes.length === 0) {
    return (
      <Empty title="No secret can be told for its computers" action={<CreateSecret tenantId={uuid} />}>
        One of {name} is told for its computers alone; one of the installation for everybody's.
      </Empty>
    );
  }
  return (
    <section className="card stack">
      <div className="bar">
        <h2>Secrets that can be told for its computers</h2>
        <span className="grow" />
        <CreateSecret tenantId={uuid} />
      </div>
      <Wide label="Secrets">
        <table className="rows">
          <thead>
            <tr>
              {COLUMNS.map(({ id, title }) => (
                <th key={id} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {nodes.map((secret) => (
              <tr key={secret.uuid}>
                {COLUMNS.map(({ id, cell }) => (
                  <td key={id}>{cell(secret)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {more > 0 && (
        <p className="small">
          <PathLink to="/secrets" search={{ tenant: uuid }}>
            and {plural(more, 'other')}
          </PathLink>
        </p>
      )}
    </section>
  );
}
