// Now, or any moment: a time or a position, in the address, so that what was seen can be sent to somebody.
import { Button, type ButtonProps } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import type { ComponentPropsWithRef } from 'react';
import { momentOf } from '~/kit/live/moment.ts';
import { inFull } from '~/kit/time/words.ts';
import { OnDemand, PARTS } from './parts.tsx';

export function TimeControl() {
  const { asOf } = useSearch({ strict: false }) as { asOf?: string };
  return <OnDemand load={PARTS.moment} props={{ asOf }} closed={(ask) => <MomentButton asOf={asOf} onClick={ask} />} />;
}

type MomentButtonProps = ButtonProps & Omit<ComponentPropsWithRef<'button'>, keyof ButtonProps> & { asOf: string | undefined };

/** Which moment is looked at. */
export function MomentButton({ asOf, ...button }: MomentButtonProps) {
  const moment = momentOf(asOf);
  const words = moment ? (moment.time ? inFull(Date.parse(moment.time)) : `position ${moment.position}`) : undefined;
  return (
    <Button {...button} variant={moment ? 'filled' : 'default'} color="orange" aria-label={`Moment: ${words ?? 'now'}`}>
      {words ?? 'Now'}
    </Button>
  );
}
