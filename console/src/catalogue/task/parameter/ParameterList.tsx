// The parameters of a task while they are being defined: each in a line, one of them open.
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ErrorOf } from '~/kit/action/ChangeDialog.tsx';
import { type Drafts, lackOf, MOST, moved, type ParameterDraft, withNew } from './defining.ts';
import { errorsOf, ParameterForm } from './ParameterForm.tsx';
import css from './parameter.module.css';
import { Tellers } from './Tellers.tsx';
import { valueWords } from './value.ts';
import { KINDS } from './words.ts';

interface Props {
  task: string;
  drafts: Drafts;
  change: (drafts: Drafts) => void;
  errorOf: ErrorOf;
}

export function ParameterList({ task, drafts, change, errorOf }: Props) {
  const [opened, open] = useState<number>();
  const error = errorOf('parameters');
  const add = () => {
    const added = withNew(drafts);
    change(added.drafts);
    open(added.key);
  };
  return (
    <>
      {drafts.length === 0 && <p className="dimmed small">It has none yet.</p>}
      {drafts.length > 0 && (
        <ol className={css.list}>
          {drafts.map((draft, place) => (
            <One
              key={draft.key}
              draft={draft}
              drafts={drafts}
              place={place}
              change={change}
              errorOf={errorOf}
              isOpen={opened === draft.key}
              turn={() => open(opened === draft.key ? undefined : draft.key)}
            />
          ))}
        </ol>
      )}
      {error && (
        <div role="alert" className={css.wrong}>
          {error}
          <Tellers task={task} />
        </div>
      )}
      {drafts.length < MOST ? (
        <div>
          <Button size="compact-xs" onClick={add}>
            {drafts.length === 0 ? 'Add a parameter' : 'Add another parameter'}
          </Button>
        </div>
      ) : (
        <p className="dimmed small">These are as many parameters as a task may have.</p>
      )}
    </>
  );
}

interface OneProps extends Omit<Props, 'task'> {
  draft: ParameterDraft;
  place: number;
  isOpen: boolean;
  turn: () => void;
}

function One({ draft, drafts, place, change, errorOf, isOpen, turn }: OneProps) {
  const errors = errorsOf(errorOf, place);
  const isShown = isOpen || errors.isAny;
  const name = draft.name.trim() || 'New parameter';
  const lack = lackOf(draft, drafts);
  return (
    <li className={css.one}>
      <div className="bar">
        <strong className="break">{draft.label.trim() || name}</strong>
        <span className="dimmed small break">{summary(draft)}</span>
        <span className="grow" />
        {!errors.isAny && (
          <Button size="compact-xs" aria-expanded={isOpen} onClick={turn} aria-label={isOpen ? `Close ${name}` : `Change ${name}`}>
            {isOpen ? 'Close' : 'Change'}
          </Button>
        )}
        <Button size="compact-xs" disabled={place === 0} onClick={() => change(moved(drafts, draft.key, -1))} aria-label={`Move ${name} up`}>
          ↑
        </Button>
        <Button size="compact-xs" disabled={place === drafts.length - 1} onClick={() => change(moved(drafts, draft.key, 1))} aria-label={`Move ${name} down`}>
          ↓
        </Button>
        <Button size="compact-xs" onClick={() => change(drafts.filter((one) => one !== draft))} aria-label={`Remove ${name}`}>
          Remove
        </Button>
      </div>
      {isShown && (
        <ParameterForm draft={draft} drafts={drafts} change={(next) => change(drafts.map((one) => (one.key === next.key ? next : one)))} errors={errors} />
      )}
      {lack && <p className={`small ${css.lack}`}>{lack}</p>}
    </li>
  );
}

/** "number, required, by default 514". */
function summary({ kind, isRequired, default: usual }: ParameterDraft): string {
  return [KINDS[kind].toLowerCase(), isRequired && 'required', usual && `by default ${valueWords(usual)}`].filter(Boolean).join(', ');
}
