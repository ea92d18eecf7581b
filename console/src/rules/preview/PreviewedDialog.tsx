// A change that reaches computers, asked about once more: what it would do is shown first, and the number that was shown is what is confirmed.
import type { AnyVariables } from '@urql/core';
import { type ComponentProps, useState } from 'react';
import { ChangeDialog, type Said } from '~/kit/action/ChangeDialog.tsx';
import type { Outcome } from '~/kit/api/useChange.ts';
import { Moved, useFirst } from './Moved.tsx';
import { PreviewView } from './PreviewView.tsx';
import { buttonWords, mustType } from './reach.ts';
import { useLooking } from './useLooking.ts';
import { type PreviewInput, usePreview } from './usePreview.ts';

export interface Confirmed extends Said {
  /** The number of the preview that was shown. */
  confirmImpact: number | undefined;
}

type DialogProps<D, V extends AnyVariables> = ComponentProps<typeof ChangeDialog<D, V>>;
type Done<D> = Outcome<NonNullable<D[keyof D]>> & { kind: 'done' };

interface Props<D, V extends AnyVariables> extends Omit<DialogProps<D, V>, 'reach' | 'mustTypeReach' | 'variables' | 'refused' | 'label' | 'done'> {
  /** What the button does, in a verb; the number follows by itself. */
  verb: string;
  /** What is asked about, while the dialog is ready; nothing while it is not whole. */
  change: PreviewInput | undefined;
  variables: (confirmed: Confirmed) => V;
  /** Hears of the number that was confirmed, too: what takes the change back reaches as many. */
  done?: (outcome: Done<D>, confirmImpact: number | undefined) => void;
}

/** Changes that a dialog shows at once. */
const SHOWN = 10;
/** How long what is being typed has to stay as it is before it is asked about, in milliseconds. What the dialog opens with is asked about at once. */
const STILL = 300;

export function PreviewedDialog<D, V extends AnyVariables>(props: Props<D, V>) {
  const { verb, change, variables, done, children, isOpen, isReady = true, ...dialog } = props;
  const key = JSON.stringify(change ?? null);
  const [begun] = useState(key);
  const looking = useLooking(key, SHOWN);
  const isAsked = isOpen && isReady && change !== undefined;
  const previewed = usePreview(isAsked ? change : undefined, looking.view, key === begun ? 0 : STILL);
  const count = previewed.isCurrent ? previewed.preview?.difference?.computerCount : undefined;
  const first = useFirst(key, count);
  return (
    <ChangeDialog<D, V>
      {...dialog}
      isOpen={isOpen}
      label={buttonWords(verb, count)}
      reach={count}
      mustTypeReach={mustType(count)}
      isReady={isReady && count !== undefined}
      variables={(said) => variables({ ...said, confirmImpact: count })}
      done={(outcome) => done?.(outcome, count)}
      refused={({ errors }) => {
        if (errors.some(({ code }) => code === 'IMPACT_UNCONFIRMED')) previewed.again();
      }}
    >
      {(errorOf) => (
        <>
          {typeof children === 'function' ? children(errorOf) : children}
          {isAsked && <PreviewView previewed={previewed} looking={looking} />}
          <Moved before={first} now={count} />
        </>
      )}
    </ChangeDialog>
  );
}
