// One script of one version; its difference from that of another version, where one is chosen.
import { Select } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ofRole } from '../script/roles.ts';
import { ScriptView } from '../script/ScriptView.tsx';
import css from '../script/script.module.css';
import { phraseOf, ROLE_WORDS, type Role } from './role.ts';
import type { Version } from './VersionsTab.tsx';

interface Props {
  role: Role;
  shown: Version;
  versions: readonly Version[];
}

export function VersionScript({ role, shown, versions }: Props) {
  const search = useSearch({ from: '/software/$id' });
  const navigate = useNavigate({ from: '/software/$id' });
  const against = versions.find(({ version }) => version === search.against);
  const one = ofRole(shown.scripts, role);
  const before = against && ofRole(against.scripts, role)?.script;
  const others = versions.filter(({ version }) => version !== shown.version).map(({ version }) => version);
  const name = `${ROLE_WORDS[role].name} script of ${shown.version}`;
  return (
    <section className="card stack">
      <div className="bar">
        <h2 className={css.heading}>{name}</h2>
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
      {one?.isInherited && <p className="small">It inherits it: this is what its software has for all versions, and changes when that does.</p>}
      {against && (
        <p className="small">
          {before?.digest === one?.script.digest
            ? `It is the same as in ${against.version}.`
            : `What ${shown.version} does otherwise than ${against.version}: red is gone, green is new.`}
        </p>
      )}
      {one ? (
        <ScriptView label={name} script={one.script} before={against && (before ?? { ...one.script, text: '' })} />
      ) : (
        <p className="dimmed small">
          It has no {phraseOf(role)} script{before && `, and ${against.version} has one`}.
        </p>
      )}
    </section>
  );
}
