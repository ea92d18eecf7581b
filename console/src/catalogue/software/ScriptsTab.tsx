// How a software is installed, and the scripts that all of its versions have which have none of their own.
import { useSearch } from '@tanstack/react-router';
import { Actions } from '~/kit/action/Actions.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { plural } from '~/kit/text/words.ts';
import { RoleTable } from '../script/RoleTable.tsx';
import { ofRole } from '../script/roles.ts';
import { ScriptView } from '../script/ScriptView.tsx';
import css from '../script/script.module.css';
import type { SoftwareSeen } from './actions.tsx';
import { amongWords, beating, phraseOf, ROLE_WORDS, ROLES, type Role } from './role.ts';
import { RemoveScript, SetScript } from './scriptActions.tsx';
import type { RoleScript } from './scripts.ts';
import type { Version } from './VersionsTab.tsx';
import { WayCard } from './WayCard.tsx';

interface Props {
  software: SoftwareSeen;
  scripts: readonly RoleScript[];
  /** The newest, of so many. */
  versions: readonly Version[];
  total: number;
  latest: Version | undefined;
}

export function ScriptsTab({ software, scripts, versions, total, latest }: Props) {
  const search = useSearch({ from: '/software/$id' });
  const shown = search.script ?? ROLES.find((role) => ofRole(scripts, role)) ?? 'INSTALL';
  const rows = ROLES.map((role) => ({
    role,
    name: ROLE_WORDS[role].name,
    of: <There role={role} isThere={ofRole(scripts, role) !== undefined} versions={versions} total={total} />,
  }));
  return (
    <div className="stack">
      <WayCard software={software} latest={latest} />
      <div className={css.beside}>
        <section className="card">
          <h2>Scripts for all versions</h2>
          <RoleTable label="Scripts for all versions" ofTitle="For all versions" rows={rows} shown={shown} />
        </section>
        <OneScript key={shown} software={software} role={shown} scripts={scripts} versions={versions} total={total} />
      </div>
    </div>
  );
}

interface OfVersions extends Pick<Props, 'versions' | 'total'> {
  role: Role;
  isThere: boolean;
}

/** Whether all versions have it, and how many have their own instead. */
function There({ role, isThere, versions, total }: OfVersions) {
  const count = beating(role, versions).length;
  const own = count > 0 && `${plural(count, 'version')}${amongWords(versions, total)} ${count === 1 ? 'has its' : 'have their'} own`;
  if (!isThere) return <span className="dimmed">none{own && `; ${own}`}</span>;
  return (
    <>
      <Mark tone="good">There</Mark> {own && <span className="dimmed">{own} instead</span>}
    </>
  );
}

function OneScript({ software, role, scripts, versions, total }: Omit<Props, 'latest'> & { role: Role }) {
  const { name, means } = ROLE_WORDS[role];
  const script = ofRole(scripts, role)?.script;
  return (
    <section className="card stack">
      <div className="bar">
        <h2 className={css.heading}>{role === 'AVAILABLE' ? `${name} script` : `${name} script for all versions`}</h2>
        <span className="grow" />
        <Actions>
          <SetScript software={software} role={role} script={script} />
          {script && <RemoveScript software={software} role={role} script={script} versions={versions} total={total} />}
        </Actions>
      </div>
      <p className="small">{means}</p>
      {script ? (
        <ScriptView label={`${name} script of ${software.name}`} script={script} />
      ) : (
        <p className="dimmed small">
          {role === 'AVAILABLE'
            ? 'There is none: "latest" is the newest published version.'
            : `There is none: versions have their own, or no ${phraseOf(role)} script at all.`}
        </p>
      )}
      <Own role={role} versions={versions} total={total} isThere={script !== undefined} />
    </section>
  );
}

/** Versions that are named before the others are counted. */
const NAMED = 5;

/** Which versions have their own, the newest first. */
function Own({ role, versions, total, isThere }: OfVersions) {
  const own = beating(role, versions).reverse();
  if (own.length === 0) return null;
  const named = own.slice(0, NAMED).map(({ version }) => version);
  const more = own.length - named.length;
  const among = amongWords(versions, total);
  const words = more > 0 ? `${named.join(', ')} and ${more.toLocaleString('en')} more` : named.join(', ');
  return (
    <p className="dimmed small">
      {isThere ? `It does not run for these${among}, which have their own` : `These${among} have their own`}: {words}.
    </p>
  );
}
