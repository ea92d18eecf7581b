// The versions of a software, and the scripts of one of them, alone or beside those of another.
import { SegmentedControl, Select } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { size } from '~/kit/text/size.ts';
import { plural, sentence } from '~/kit/text/words.ts';
import { type SoftwareSeen, WithdrawVersion } from './actions.tsx';
import { PublishVersion } from './PublishVersion.tsx';
import { ScriptView } from './ScriptView.tsx';
import { scriptFragment } from './script.ts';
import { SCRIPTS, type ScriptName } from './search.ts';

export const versionsFragment = graphql(
  `
    fragment Versions on Software {
      latestVersion
      versions(last: 100) {
        totalCount
        nodes {
          version
          packageFile { fileName sha256 size }
          install { ...ScriptOfSoftware } uninstall { ...ScriptOfSoftware } upgrade { ...ScriptOfSoftware }
        }
      }
    }
  `,
  [scriptFragment],
);

export type Version = ResultOf<typeof versionsFragment>['versions']['nodes'][number];

interface Props {
  software: SoftwareSeen;
  versions: FragmentOf<typeof versionsFragment>;
}

export function VersionsTab({ software, versions: masked }: Props) {
  const { versions, latestVersion } = readFragment(versionsFragment, masked);
  const search = useSearch({ from: '/software/$id' });
  if (versions.nodes.length === 0) {
    return (
      <Empty title="No version is published" action={<PublishVersion software={software} versions={[]} />}>
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
              {newestFirst.map(({ version, packageFile, upgrade }) => (
                <tr key={version} aria-current={version === shown.version || undefined}>
                  <td>
                    <Link from="/software/$id" to="." search={(before) => ({ ...before, version, against: undefined })} replace>
                      {version}
                    </Link>{' '}
                    {version === latestVersion && <Mark tone="good">Latest</Mark>} {version === shown.version && <Mark>Shown below</Mark>}
                  </td>
                  <td>{packageFile ? <Package packageFile={packageFile} /> : <span className="dimmed">none</span>}</td>
                  <td>install, uninstall{upgrade && ', upgrade'}</td>
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

/** One script of one version; its difference from that of another version, where one is chosen. */
function Scripts({ shown, versions }: { shown: Version; versions: readonly Version[] }) {
  const search = useSearch({ from: '/software/$id' });
  const navigate = useNavigate({ from: '/software/$id' });
  const name: ScriptName = search.script ?? 'install';
  const against = versions.find(({ version }) => version === search.against);
  const script = shown[name];
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  const others = versions.filter(({ version }) => version !== shown.version).map(({ version }) => version);
  return (
    <section className="card stack">
      <h2>Scripts of {shown.version}</h2>
      <div className="bar">
        <SegmentedControl
          aria-label="Script"
          data={SCRIPTS.map((value) => ({ value, label: sentence(value) }))}
          value={name}
          onChange={(value) => change({ script: value as ScriptName })}
        />
        <span className="grow" />
        {others.length > 0 && (
          <Select
            aria-label="Compare with another version"
            placeholder="Compare with…"
            clearable
            clearButtonProps={{ 'aria-label': 'Compare with none' }}
            data={others}
            value={search.against ?? null}
            onChange={(value) => change({ against: value ?? undefined })}
          />
        )}
      </div>
      {against && (
        <p className="small">
          {against[name]?.digest === script?.digest
            ? `It is the same as in ${against.version}.`
            : `What ${shown.version} does otherwise than ${against.version}: red is gone, green is new.`}
        </p>
      )}
      {script ? (
        <ScriptView label={`${name} script of ${shown.version}`} script={script} before={against && (against[name] ?? { ...script, text: '' })} />
      ) : (
        <p className="dimmed">There is none: where an older version is there, the install script does both.</p>
      )}
    </section>
  );
}
