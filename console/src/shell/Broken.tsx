// A fault of the console itself, in one page: the frame stays, and so do the others.
import { Button } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { live } from '~/kit/live/live.ts';
import { Empty } from '~/kit/state/PageBody.tsx';

export function Broken({ error, reset }: ErrorComponentProps) {
  return (
    <Empty isPage title="This page broke" action={<Button onClick={reset}>Try again</Button>}>
      <p className="break">{error instanceof Error ? error.message : String(error)}</p>
      <p className="mono small">at position {live.position.get()}</p>
    </Empty>
  );
}
