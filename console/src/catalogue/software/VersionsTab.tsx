// The versions of a software, and the scripts of one of them, alone or beside those of another.
import { Select } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { size } from '~/kit/text/size.ts';
import { plural } from '~/kit/text/words.ts';
import { type OfSoftware, WithdrawVersion } from './actions.tsx';
import { PublishVersion } from './PublishVersion.tsx';
import { RoleTable } from './RoleTable.tsx';
import { inOrder, ofRole, phraseOf, ROLE_WORDS, ROLES, type Role } from './role.ts';
import { ScriptView } from './ScriptView.tsx';
import { type RoleScript, roleScriptFragment } from './script.ts';
import css from './software.module.css';

export const versionsFragment = graphql(
  `
    fragment Versions on Software {
      latestVersion
      versions(last: 50) {
        totalCount
        nodes {
          version
          packageFile { fileName sha256 size }
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
        Until there is one, deployments of {software.name} can only have it uninstalled or left alone.
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

function Package({ packageFile: { fileName, sha256, size: bytes } }: { packageFile: NonNullable<Version['packageFile']> }) {
  return (
    <>
      {fileName}, {size(Number(bytes))}
      <div className="mono small dimmed" title={`SHA-256 ${sha256}`}>
        {sha256.slice(0, 16)}…
      </div>
    </>
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
  const search = useSearch({ from: '/software/$id' });
  const navigate = useNavigate({ from: '/software/$id' });
  const role: Role = search.script ?? 'INSTALL';
  const against = versions.find(({ version }) => version === search.against);
  const scriptOf = (version: Version | undefined) => version && ofRole(version.scripts, role)?.script;
  const [script, before] = [scriptOf(shown), scriptOf(against)];
  const others = versions.filter(({ version }) => version !== shown.version).map(({ version }) => version);
  const absent = ROLES.filter((one) => !ofRole(shown.scripts, one));
  return (
    <section className="card stack">
      <h2>Scripts of {shown.version}</h2>
      <RoleTable label={`Scripts of ${shown.version}`} ofTitle="Whose" rows={inOrder(shown.scripts).map(rowOf)} shown={role} />
      {absent.length > 0 && <p className="dimmed small">It has none of these: {absent.map(phraseOf).join(', ')}.</p>}
      <div className="bar">
        <h3 className={css.heading}>
          {ROLE_WORDS[role].name} script of {shown.version}
        </h3>
        <span className="grow" />
        {others.length > 0 && (
          <Select
            aria-label="Compare with another version"
            placeholder="Compare with…"
            clearable
            clearButtonProps={{ 'aria-label': 'Compare with none' }}
            data={others}
            value={search.against ?? null}
            onChange={(value) => void navigate({ search: (before) => ({ ...before, against: value ?? undefined }), replace: true })}
          />
        )}
      </div>
      {against && (
        <p className="small">
          {before?.digest === script?.digest
            ? `It is the same as in ${against.version}.`
            : `What ${shown.version} does otherwise than ${against.version}: red is gone, green is new.`}
        </p>
      )}
      {script ? (
        <ScriptView label={`${ROLE_WORDS[role].name} script of ${shown.version}`} script={script} before={against && (before ?? { ...script, text: '' })} />
      ) : (
        <p className="dimmed">There is none.</p>
      )}
    </section>
  );
}

function rowOf({ role, isInherited }: RoleScript) {
  return { role, of: isInherited ? <Mark>Inherited</Mark> : 'Its own' };
}
