// On a tenant's page: the secrets that can be told for its computers.
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { CreateSecret } from './CreateSecret.tsx';
import { COLUMNS } from './columns.tsx';
import css from './secret.module.css';
import { secretFragment } from './secret.ts';
import { Unseen } from './Unseen.tsx';

export const secretsOfTenantFragment = graphql('fragment SecretsOfTenant on SecretConnection { totalCount nodes { ...ListedSecret } }', [secretFragment]);

interface Props {
  tenant: { uuid: string; name: string };
  secrets: FragmentOf<typeof secretsOfTenantFragment>;
}

export function SecretsOfTenant({ tenant: { uuid, name }, secrets }: Props) {
  const { nodes, totalCount } = readFragment(secretsOfTenantFragment, secrets);
  const more = (totalCount ?? 0) - nodes.length;
  if (nodes.length === 0) {
    return (
      <Unseen>
        <Empty title="You manage no secret that can be told for its computers" action={<CreateSecret tenantId={uuid} />}>
          One of {name} is told for its computers alone; one of the installation for everybody's.
        </Empty>
      </Unseen>
    );
  }
  return (
    <section className="card stack">
      <div className="bar">
        <h2 className={css.heading}>Secrets that can be told for its computers</h2>
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
