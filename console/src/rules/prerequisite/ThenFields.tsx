// What follows where a prerequisite applies: something is installed or gone first, or what needs it fails.
import { Radio, Select, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { SoftwareSelect } from '~/catalogue/software/SoftwareSelect.tsx';
import { type Draft, type Kind, LONGEST_MESSAGE, type Wanted } from './draft.ts';
import css from './prerequisite.module.css';

const KINDS: Readonly<Record<Kind, { name: string; means: string }>> = {
  INSTALL: { name: 'Install', means: 'This has to be installed first.' },
  UNINSTALL: { name: 'Uninstall', means: 'This has to be gone first.' },
  FAIL: { name: 'Fail', means: 'It is not installed, and says why.' },
};

const WANTED: Readonly<Record<Wanted, string>> = {
  any: 'As deployments want it, or the newest',
  exactly: 'Exactly one version',
  from: 'A version or newer',
};

interface Props {
  draft: Draft;
  change: (draft: Draft) => void;
  error: ReactNode;
}

export function ThenFields({ draft, change, error }: Props) {
  return (
    <fieldset className="card stack">
      <legend className="small">
        <strong>Then</strong>
      </legend>
      <Radio.Group aria-label="What follows" value={draft.kind} onChange={(kind) => change({ ...draft, kind: kind as Kind })}>
        <div className="stack">
          {(Object.keys(KINDS) as Kind[]).map((kind) => (
            <Radio key={kind} size="xs" value={kind} label={KINDS[kind].name} description={KINDS[kind].means} />
          ))}
        </div>
      </Radio.Group>
      {draft.kind === 'FAIL' ? <Message draft={draft} change={change} error={error} /> : <What draft={draft} change={change} error={error} />}
    </fieldset>
  );
}

function Message({ draft, change, error }: Props) {
  return (
    <Textarea
      label="Message"
      description="One line: why it fails, and what to do."
      required
      autosize
      maxLength={LONGEST_MESSAGE}
      value={draft.message}
      onChange={(event) => change({ ...draft, message: event.currentTarget.value.replaceAll('\n', ' ') })}
      error={error}
    />
  );
}

function What({ draft, change, error }: Props) {
  const { kind, software, wanted, version } = draft;
  return (
    <div className={`bar ${css.fields}`}>
      <SoftwareSelect
        label="Software"
        placeholder="Type a part of its name"
        required
        isClearable={false}
        value={software?.id}
        known={software && { value: software.id, label: software.name, detail: software.which }}
        onChange={(id, name, which) => change({ ...draft, software: id ? { id, name, which } : undefined })}
        error={error}
        className={css.software}
      />
      {kind === 'INSTALL' && (
        <Select
          label="In which version"
          data={(Object.keys(WANTED) as Wanted[]).map((value) => ({ value, label: WANTED[value] }))}
          allowDeselect={false}
          value={wanted}
          onChange={(chosen) => chosen && change({ ...draft, wanted: chosen as Wanted })}
          w={300}
        />
      )}
      {kind === 'INSTALL' && wanted !== 'any' && (
        <TextInput
          label={wanted === 'exactly' ? 'Version' : 'From version'}
          required
          value={version}
          onChange={(event) => change({ ...draft, version: event.currentTarget.value })}
          w={130}
        />
      )}
    </div>
  );
}
