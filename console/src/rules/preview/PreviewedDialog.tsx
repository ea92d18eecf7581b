// A change that reaches computers, asked about once more: what it would do is shown first, and the number that was shown is what is confirmed.
import type { AnyVariables } from '@urql/core';
import type { ComponentProps } from 'react';
import { ChangeDialog, type Said } from '~/kit/action/ChangeDialog.tsx';
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

interface Props<D, V extends AnyVariables> extends Omit<DialogProps<D, V>, 'reach' | 'mustTypeReach' | 'variables' | 'refused' | 'label'> {
  /** What the button does, in a verb; the number follows by itself. */
  verb: string;
  change: PreviewInput;
  variables: (confirmed: Confirmed) => V;
}

/** Changes that a dialog shows at once. */
const SHOWN = 10;

export function PreviewedDialog<D, V extends AnyVariables>({ verb, change, variables, children, isOpen, isReady = true, ...dialog }: Props<D, V>) {
  const key = JSON.stringify(change);
  const looking = useLooking(key, SHOWN);
  const previewed = usePreview(isOpen ? change : undefined, looking.view);
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
      refused={({ errors }) => {
        if (errors.some(({ code }) => code === 'IMPACT_UNCONFIRMED')) previewed.again();
      }}
    >
      {(errorOf) => (
        <>
          {typeof children === 'function' ? children(errorOf) : children}
          <PreviewView previewed={previewed} looking={looking} />
          <Moved before={first} now={count} />
        </>
      )}
    </ChangeDialog>
  );
}
