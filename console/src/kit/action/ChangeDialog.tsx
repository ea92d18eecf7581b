// Asks once more, takes the reason, sends, and tells what came of it. Where a change reaches many computers, the number that was shown is
// what is confirmed: if the world has moved, the number is shown again.
import { Button, Textarea, TextInput } from '@mantine/core';
import type { AnyVariables, DocumentInput } from '@urql/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { type Outcome, useChange } from '../api/useChange.ts';
import css from './action.module.css';
import { Errors, FieldError } from './Errors.tsx';
import { FormModal } from './FormModal.tsx';

/** What the server remembers of a change beside the change itself. */
export interface Said {
  commandId: string;
  reason: string | undefined;
}

/** What the server says against one member of the input, for the place beside its field; asked while the fields are made. */
export type ErrorOf = (member: string) => ReactNode;

interface Props<D, V> {
  isOpen: boolean;
  close: () => void;
  title: string;
  /** What the button does, in a verb. */
  label: string;
  isDangerous?: boolean;
  document: DocumentInput<D, V>;
  variables: (said: Said) => V;
  /** How many computers the change reaches, where that is known; beyond what the server takes unsaid it has to be typed. */
  reach?: number | undefined;
  mustTypeReach?: boolean;
  done?: (outcome: Outcome<NonNullable<D[keyof D]>> & { kind: 'done' }) => void;
  refused?: (outcome: Outcome<NonNullable<D[keyof D]>> & { kind: 'refused' }) => void;
  /** Where the fields stand, if the server may say something against a place: once that changed, it is said no more. */
  places?: string | undefined;
  children?: ReactNode | ((errorOf: ErrorOf) => ReactNode);
  /** Whether it can be sent; a reason why not is among the children. */
  isReady?: boolean;
}

/** The longest reason that the API takes. */
const LONGEST_REASON = 1000;

export function ChangeDialog<D, V extends AnyVariables>(props: Props<D, V>) {
  const { isOpen, close, title, label, isDangerous, document, variables, reach, mustTypeReach, done, refused, places, children, isReady = true } = props;
  const change = useChange<D, V>(document);
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const { reset } = change;
  useEffect(() => {
    if (!isOpen) return;
    reset();
    setReason('');
    setTyped('');
  }, [isOpen, reset]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever they stand otherwise
  useEffect(reset, [places, reset]);

  // What is wrong may stand where nobody looks: whoever sent it is led there.
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (change.outcome?.kind === 'refused') form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [change.outcome]);

  const isConfirmed = !mustTypeReach || typed.trim() === String(reach);
  const send = async () => {
    const outcome = await change.send((commandId) => variables({ commandId, reason: reason.trim() || undefined }));
    if (outcome.kind === 'refused') refused?.(outcome);
    if (outcome.kind !== 'done') return;
    close();
    done?.(outcome);
  };

  const beside = new Set<string>();
  const errorOf: ErrorOf = (member) => {
    const path = `input.${member}`;
    beside.add(path);
    const error = change.outcome?.kind === 'refused' ? change.outcome.errors.find(({ field }) => field?.join('.') === path) : undefined;
    return error && <FieldError error={error} />;
  };
  const fields = typeof children === 'function' ? children(errorOf) : children;

  return (
    <FormModal opened={isOpen} onClose={close} title={title} size="lg" isLossy={!change.isBusy}>
      <form
        ref={form}
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && isConfirmed && !change.isBusy) void send();
        }}
      >
        {fields}
        <Textarea
          label="Reason"
          description="It stays with the change, for whoever asks later."
          autosize
          minRows={1}
          maxRows={6}
          maxLength={LONGEST_REASON}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {mustTypeReach && (
          <TextInput
            label={`Type ${reach} to confirm`}
            description="This reaches many computers."
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            inputMode="numeric"
          />
        )}
        <Errors outcome={change.outcome} fields={beside} />
        <div className={css.buttons}>
          <Button onClick={close}>Leave it</Button>
          <Button type="submit" variant="filled" color={isDangerous ? 'red.9' : 'blue'} loading={change.isBusy} disabled={!isReady || !isConfirmed}>
            {label}
          </Button>
        </div>
      </form>
    </FormModal>
  );
}
