// What the viewer may, as the server says it; a role's rights are its own affair.
import { Link } from '@tanstack/react-router';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Missing, PageBody } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { sentence } from '~/kit/text/words.ts';
import { roleOf } from './roles.ts';

const rightsQuery = graphql(`
  query Rights {
    viewer { role tenant { uuid name } may { permission scope } }
  }
`);

export function RightsPage() {
  const page = usePage(rightsQuery, {}, { concerns: ['API_TOKEN', 'TENANT'] });
  return (
    <PageBody page={page}>
      {({ viewer }) => {
        if (!viewer) return <Missing what="viewer" />;
        const { role, tenant, may } = viewer;
        return (
          <div className="stack">
            <h1>What you may</h1>
            <p>
              You are {roleOf(role)?.label ?? role}
              {tenant && (
                <>
                  {' of '}
                  <Link to="/tenants/$id" params={{ id: tenant.uuid }}>
                    {tenant.name}
                  </Link>
                </>
              )}
              : {roleOf(role)?.about} Whatever is not here is refused.
            </p>
            <section className="card">
              <h2>Permissions</h2>
              <Wide label="Permissions">
                <table className="rows">
                  <thead>
                    <tr>
                      <th scope="col">Permission</th>
                      <th scope="col">Where</th>
                    </tr>
                  </thead>
                  <tbody>
                    {may.map(({ permission, scope }) => (
                      <tr key={permission}>
                        <td>{sentence(permission)}</td>
                        <td>{scope === 'EVERYWHERE' ? 'Everywhere' : 'What is of your tenant'}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Wide>
            </section>
          </div>
        );
      }}
    </PageBody>
  );
}
