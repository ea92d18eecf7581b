// By which signs a software is told among the installed programs.
import { Button, Select, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ErrorOf } from '~/kit/action/ChangeDialog.tsx';
import css from './detection.module.css';
import { CODES, MOST_SIGNS, PATTERNS, type PatternDraft, type PatternKind, type SignDraft, type SignKind, withSign } from './draft.ts';

const KINDS: Record<SignKind, { name: string; means: string }> = {
  named: { name: 'Name', means: 'What its entry calls it. Names are weak: they count where no code fits anything.' },
  package: { name: 'Package', means: "What the system's package manager calls it, without its architecture." },
  productCode: { name: 'Product code', means: "The name of its key in Windows' list." },
  upgradeCode: { name: 'Upgrade code', means: 'What stays the same from one version to the next for Windows Installer.' },
  packageFamily: { name: 'Package family', means: 'Of a package from the Microsoft Store or an MSIX file.' },
};

const WAYS: Record<PatternKind, { name: string; means: string }> = {
  equals: { name: 'is', means: 'Upper and lower case are the same.' },
  contains: { name: 'contains', means: 'Upper and lower case are the same.' },
  wildcard: { name: 'looks like', means: 'All of it: * stands for anything, ? for one character.' },
  regex: { name: 'matches the regular expression', means: 'Somewhere in it.' },
};

interface Props {
  signs: readonly SignDraft[];
  change: (signs: readonly SignDraft[]) => void;
  errorOf: ErrorOf;
}

export function SignFields({ signs, change, errorOf }: Props) {
  const error = errorOf('detectionProgram.any') ?? errorOf('detectionProgram');
  return (
    <fieldset className="card stack">
      <legend className="small">
        <strong>Signs</strong>
      </legend>
      <p className="dimmed small">
        Any of them is enough, and of several programs that fit the newest version counts. Where none fits, the software is absent. Product codes, upgrade codes
        and package families are Windows' alone.
      </p>
      {signs.map((sign, place) => (
        <OneSign
          key={sign.key}
          title={`Sign ${place + 1}`}
          at={`detectionProgram.any.${place}`}
          sign={sign}
          change={(next) => change(signs.map((one) => (one.key === next.key ? next : one)))}
          remove={signs.length > 1 ? () => change(signs.filter(({ key }) => key !== sign.key)) : undefined}
          errorOf={errorOf}
        />
      ))}
      {error && (
        <p className={css.wrong} role="alert">
          {error}
        </p>
      )}
      {signs.length < MOST_SIGNS ? (
        <div>
          <Button size="compact-xs" onClick={() => change(withSign(signs))}>
            Add another sign
          </Button>
        </div>
      ) : (
        <p className="dimmed small">These are as many signs as a software may have.</p>
      )}
    </fieldset>
  );
}

interface SignProps {
  title: string;
  /** The way to it in the input. */
  at: string;
  sign: SignDraft;
  change: (sign: SignDraft) => void;
  /** Nothing where it is the only one. */
  remove: (() => void) | undefined;
  errorOf: ErrorOf;
}

function OneSign({ title, at, sign, change, remove, errorOf }: SignProps) {
  const { kind, code, name, publisher } = sign;
  const patternError = (member: string, { kind }: PatternDraft) => errorOf(`${at}.named.${member}.${kind}`);
  return (
    <fieldset className={css.sign}>
      <legend className={css.legend}>{title}</legend>
      <div className="bar">
        <Select
          label="It is told by its"
          data={(Object.keys(KINDS) as SignKind[]).map((value) => ({ value, label: KINDS[value].name }))}
          allowDeselect={false}
          value={kind}
          onChange={(kind) => kind && change({ ...sign, kind })}
        />
        <span className="grow" />
        {remove && (
          <Button size="compact-xs" onClick={remove} aria-label={`Remove ${title.toLowerCase()}`}>
            Remove
          </Button>
        )}
      </div>
      <p className="dimmed small">{KINDS[kind].means}</p>
      {kind === 'named' ? (
        <>
          <PatternFields
            label="Name"
            required
            pattern={name}
            change={(name) => change({ ...sign, name })}
            error={patternError('name', name)}
            more="A group (?<version>…) takes the version out of the name."
          />
          <PatternFields
            label="Publisher"
            placeholder="Whoever makes it"
            pattern={publisher}
            change={(publisher) => change({ ...sign, publisher })}
            error={patternError('publisher', publisher)}
          />
        </>
      ) : (
        <TextInput
          label={KINDS[kind].name}
          required
          maxLength={200}
          spellCheck={false}
          value={code}
          onChange={(event) => change({ ...sign, code: event.currentTarget.value })}
          error={CODES.some((one) => one === kind) && errorOf(`${at}.${kind}`)}
        />
      )}
    </fieldset>
  );
}

interface PatternProps {
  label: string;
  placeholder?: string;
  required?: boolean;
  pattern: PatternDraft;
  change: (pattern: PatternDraft) => void;
  error: ReactNode;
  /** What a regular expression can do beside. */
  more?: string;
}

function PatternFields({ label, placeholder = '', required = false, pattern, change, error, more }: PatternProps) {
  const { kind, text } = pattern;
  return (
    <div className={css.pattern}>
      <Select
        aria-label={`How the ${label.toLowerCase()} is compared`}
        label={label}
        data={PATTERNS.map((value) => ({ value, label: WAYS[value].name }))}
        allowDeselect={false}
        value={kind}
        onChange={(kind) => kind && change({ ...pattern, kind: kind as PatternKind })}
      />
      <TextInput
        aria-label={label}
        description={[WAYS[kind].means, kind === 'regex' && more].filter(Boolean).join(' ')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        placeholder={placeholder}
        required={required}
        maxLength={kind === 'regex' ? 500 : 200}
        spellCheck={false}
        value={text}
        onChange={(event) => change({ ...pattern, text: event.currentTarget.value })}
        error={error}
      />
    </div>
  );
}
