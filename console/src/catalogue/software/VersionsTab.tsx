// The versions of a software, and the scripts of one of them, alone or beside those of another.
import { Link, useSearch } from '@tanstack/react-router';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { plural } from '~/kit/text/words.ts';
import { RoleTable } from '../script/RoleTable.tsx';
import { ofRole } from '../script/roles.ts';
import css from '../script/script.module.css';
import { type OfSoftware, WithdrawVersion } from './actions.tsx';
import { Package } from './Package.tsx';
import { PublishVersion } from './PublishVersion.tsx';
import { inOrder, OWN_ROLES, phraseOf, ROLE_WORDS } from './role.ts';
import { type RoleScript, roleScriptFragment } from './scripts.ts';
import { VersionScript } from './VersionScript.tsx';

export const versionsFragment = graphql(
  `
    fragment Versions on Software {
      latestVersion
      versions(last: 40) {
        totalCount
        nodes {
          version
          packageFile { fileName sha256 size url }
          scripts { ...RoleScript }
        }
      }
    }
  `,
  [roleScriptFragment],
);

export type Version = ResultOf<typeof versionsFragment>['versions']['nodes'][number];

interface Props extends OfSoftware {
  /** What all versions have that have none of their own. */
  scripts: readonly RoleScript[];
  versions: FragmentOf<typeof versionsFragment>;
}

export function VersionsTab({ software, scripts, versions: masked }: Props) {
  const { versions, latestVersion } = readFragment(versionsFragment, masked);
  const search = useSearch({ from: '/software/$id' });
  if (versions.nodes.length === 0) {
    return (
      <Empty title="No version is published" action={<PublishVersion software={software} scripts={scripts} versions={[]} />}>
        {ofRole(scripts, 'AVAILABLE')
          ? `${software.name} can be wanted in the latest version without one: each computer says which is the newest that it can get.`
          : `Until there is one, deployments of ${software.name} can only have it uninstalled or left alone.`}
      </Empty>
    );
  }
  const newestFirst = [...versions.nodes].reverse();
  const shown = newestFirst.find(({ version }) => version === search.version) ?? (newestFirst[0] as Version);
  const more = (versions.totalCount ?? 0) - versions.nodes.length;
  return (
    <div className="stack">
      <section className="card">
        <h2>Versions</h2>
        <Wide label="Versions">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">Version</th>
                <th scope="col">Package</th>
                <th scope="col">Scripts</th>
                <th scope="col">
                  <span className="small">Change</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {newestFirst.map(({ version, packageFile, scripts }) => (
                <tr key={version} aria-current={version === shown.version || undefined}>
                  <td>
                    <Link from="/software/$id" to="." search={(before) => ({ ...before, version, against: undefined })} replace>
                      {version}
                    </Link>{' '}
                    {version === latestVersion && <Mark tone="good">Latest</Mark>} {version === shown.version && <Mark>Shown below</Mark>}
                  </td>
                  <td>{packageFile ? <Package packageFile={packageFile} /> : <span className="dimmed">none</span>}</td>
                  <td>
                    <Summary scripts={scripts} />
                  </td>
                  <td>
                    <WithdrawVersion software={software} version={version} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
        {more > 0 && <p className="dimmed small">and {plural(more, 'older version')}.</p>}
      </section>
      <Scripts shown={shown} versions={newestFirst} />
    </div>
  );
}

/** Which scripts it has, and whose they are. */
function Summary({ scripts }: { scripts: readonly RoleScript[] }) {
  const names = (isInherited: boolean) =>
    inOrder(scripts)
      .filter((one) => one.isInherited === isInherited)
      .map(({ role }) => phraseOf(role))
      .join(', ');
  const inherited = names(true);
  return (
    <>
      {names(false)}
      {inherited && <div className="dimmed">inherited: {inherited}</div>}
    </>
  );
}

/** The scripts of one version, and one of them; its difference from that of another version, where one is chosen. */
function Scripts({ shown, versions }: { shown: Version; versions: readonly Version[] }) {
  const { script: role = 'INSTALL' } = useSearch({ from: '/software/$id' });
  const absent = OWN_ROLES.filter((one) => !ofRole(shown.scripts, one));
  return (
    <div className={css.beside}>
      <section className="card">
        <h2>Scripts of {shown.version}</h2>
        <RoleTable label={`Scripts of ${shown.version}`} ofTitle="Whose" rows={inOrder(shown.scripts).map(rowOf)} shown={role} />
        {absent.length > 0 && <p className="dimmed small">It has none of these: {absent.map(phraseOf).join(', ')}.</p>}
      </section>
      <VersionScript role={role} shown={shown} versions={versions} />
    </div>
  );
}

function rowOf({ role, isInherited }: RoleScript) {
  return { role, name: ROLE_WORDS[role].name, of: isInherited ? <Mark>Inherited</Mark> : 'Its own' };
}
