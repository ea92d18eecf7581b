// Saves what was previewed: the reason, the number where it has to be typed, and the button that says it.
import { Button, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { Errors } from '~/kit/action/Errors.tsx';
import type { Outcome } from '~/kit/api/useChange.ts';
import { Moved, useFirst } from '../../preview/Moved.tsx';
import { buttonWords, mustType } from '../../preview/reach.ts';

/** The longest reason that the API takes (schema.graphql, CommandOptions). */
const LONGEST_REASON = 1000;

export interface Saving {
  verb: string;
  /** Sends it, with the number of the preview that is shown. */
  send: (reason: string | undefined, confirmImpact: number | undefined) => Promise<Outcome<unknown>>;
  outcome: Outcome<unknown> | undefined;
  isBusy: boolean;
  /** What was answered is no answer to another change. */
  reset: () => void;
  reach: number | undefined;
  hindrance: string | undefined;
}

interface Props extends Saving {
  /** The change, as text. */
  change: string | undefined;
  /** Previews anew. */
  again: () => void;
}

export function Save({ verb, send, outcome, isBusy, reset, reach, hindrance, change, again }: Props) {
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const first = useFirst(change, reach);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the change is another one, or what stands in its way
  useEffect(reset, [change, hindrance, reset]);
  const isTyped = !mustType(reach) || typed.trim() === String(reach);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (hindrance || reach === undefined || !isTyped || isBusy) return;
    const came = await send(reason.trim() || undefined, reach);
    if (came.kind === 'refused' && came.errors.some(({ code }) => code === 'IMPACT_UNCONFIRMED')) again();
  };
  return (
    <form className="stack" onSubmit={submit}>
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
      <Moved before={first} now={reach} />
      {mustType(reach) && !hindrance && (
        <TextInput
          label={`Type ${reach} to confirm`}
          description="This reaches many computers."
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          inputMode="numeric"
        />
      )}
      <Errors outcome={outcome} />
      {hindrance ? (
        <p className="dimmed small">{hindrance}</p>
      ) : (
        <Button type="submit" variant="filled" size="sm" loading={isBusy || reach === undefined} disabled={!isTyped}>
          {buttonWords(verb, reach)}
        </Button>
      )}
    </form>
  );
}
