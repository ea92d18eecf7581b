// A change that reaches computers: it is shown before it is made, and the number that was shown is what is confirmed.
import type { AnyVariables } from '@urql/core';
import { type ComponentProps, useState } from 'react';
import { ChangeDialog, type Said } from '~/kit/action/ChangeDialog.tsx';
import type { Outcome } from '~/kit/api/useChange.ts';
import { plural } from '~/kit/text/words.ts';
import { ImpactView } from './ImpactView.tsx';
import { type Imagined, useImpact } from './useImpact.ts';

/** Changes of more computers have to be confirmed by their number (schema.graphql, `confirmImpact`). */
export const UNSAID = 25;

export interface Confirmed extends Said {
  confirmImpact: number | undefined;
}

type Done<D> = Outcome<NonNullable<D[keyof D]>> & { kind: 'done' };

interface Props<D, V> extends Omit<ComponentProps<typeof ChangeDialog<D, V & AnyVariables>>, 'reach' | 'mustTypeReach' | 'variables' | 'refused' | 'done'> {
  /** The change as `previewChange` takes it; nothing while it is not whole. */
  imagined: Imagined | undefined;
  variables: (confirmed: Confirmed) => V;
  /** Hears of the number that was confirmed, too: what takes the change back reaches as many. */
  done?: (outcome: Done<D>, confirmImpact: number | undefined) => void;
}

export function ImpactDialog<D, V extends AnyVariables>({ imagined, variables, done, children, label, isOpen, isReady = true, ...dialog }: Props<D, V>) {
  const impact = useImpact(isOpen && isReady ? imagined : undefined);
  const [moved, setMoved] = useState<number>();
  const count = impact.difference?.computerCount;
  return (
    <ChangeDialog<D, V>
      {...dialog}
      isOpen={isOpen}
      label={count ? `${label} (${plural(count, 'computer')})` : label}
      reach={count}
      mustTypeReach={(count ?? 0) > UNSAID}
      isReady={isReady && count !== undefined}
      variables={(said) => variables({ ...said, confirmImpact: count })}
      done={(outcome) => done?.(outcome, count)}
      refused={({ errors }) => {
        if (!errors.some(({ code }) => code === 'IMPACT_UNCONFIRMED')) return;
        setMoved(count);
        impact.page.again();
      }}
    >
      {(errorOf) => (
        <>
          {typeof children === 'function' ? children(errorOf) : children}
          <ImpactView impact={impact} />
          {moved !== undefined && <p role="status">Meanwhile something else changed: it was {plural(moved, 'computer')} when you confirmed. Look again.</p>}
        </>
      )}
    </ChangeDialog>
  );
}
