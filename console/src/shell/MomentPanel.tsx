// The choice of a moment; it opens when it comes.
import { Button, Popover, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { Copy } from '~/kit/copy/Copy.tsx';
import { momentOf } from '~/kit/live/moment.ts';
import { useObserved } from '~/kit/live/observed.ts';
import { shown } from '~/kit/live/shown.ts';
import { localInput } from '~/kit/time/words.ts';
import css from './MomentPanel.module.css';
import { useOpened } from './parts.tsx';
import { MomentButton } from './TimeControl.tsx';

const HOUR = 3_600_000;
const STEPS: readonly [words: string, milliseconds: number][] = [
  ['an hour ago', HOUR],
  ['yesterday', 24 * HOUR],
  ['a week ago', 7 * 24 * HOUR],
];

export function MomentPanel({ asOf }: { asOf: string | undefined }) {
  const navigate = useNavigate();
  const { button, isOpen, setOpen } = useOpened();
  const [time, setTime] = useState('');
  const [position, setPosition] = useState('');
  const moment = momentOf(asOf);
  useEffect(() => {
    if (!isOpen) return;
    setTime(localInput(new Date(moment?.time ?? Date.now())));
    setPosition(moment?.position ?? '');
  }, [isOpen, moment?.time, moment?.position]);

  const go = (value: string | undefined) => {
    setOpen(false);
    void navigate({ to: '.', search: (search: Record<string, unknown>) => ({ ...search, asOf: value }) } as never);
  };
  const submitTime = (event: FormEvent) => {
    event.preventDefault();
    const at = new Date(time);
    if (!Number.isNaN(at.getTime())) go(at.toISOString());
  };
  const submitPosition = (event: FormEvent) => {
    event.preventDefault();
    if (momentOf(position)?.position) go(position);
  };

  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" trapFocus>
      <Popover.Target>
        <MomentButton ref={button} asOf={asOf} onClick={() => setOpen(!isOpen)} />
      </Popover.Target>
      <Popover.Dropdown>
        <div className={css.panel}>
          <div className="bar">
            <Button onClick={() => go(undefined)} variant="filled">
              Now
            </Button>
            {STEPS.map(([words, milliseconds]) => (
              <Button key={words} onClick={() => go(new Date(Date.now() - milliseconds).toISOString())}>
                {words}
              </Button>
            ))}
          </div>
          <form className={css.line} onSubmit={submitTime}>
            <TextInput
              type="datetime-local"
              step={1}
              label="Date and time, of your zone"
              value={time}
              onChange={(event) => setTime(event.currentTarget.value)}
            />
            <Button type="submit">Go</Button>
          </form>
          <form className={css.line} onSubmit={submitPosition}>
            <TextInput
              label="Position of an event"
              value={position}
              onChange={(event) => setPosition(event.currentTarget.value)}
              inputMode="numeric"
              error={position && !momentOf(position)?.position ? 'A whole number' : undefined}
            />
            <Button type="submit">Go</Button>
          </form>
          <CopyPinned />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The address of what is in view, at the position of what is shown: whoever opens it sees the same. */
function CopyPinned() {
  const position = useObserved(shown);
  if (position === undefined) return <p className="small dimmed">There is nothing of one moment in view to link to.</p>;
  const link = () => {
    const address = new URL(location.href);
    address.searchParams.set('asOf', position);
    return address.href;
  };
  return <Copy text={link}>Copy a link to what I see (position {position})</Copy>;
}
