import { Button, type ButtonProps } from '@mantine/core';
import type { ComponentPropsWithRef } from 'react';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { OnDemand, PARTS } from './parts.tsx';

const viewerQuery = graphql(`
  query ViewerMenu {
    viewer { role apiToken { name } tenant { name } }
  }
`);

export type Viewer = ResultOf<typeof viewerQuery>['viewer'];

/** Who is signed in, and with which rights. */
export function ViewerMenu() {
  const { data } = usePage(viewerQuery, {}, { concerns: ['API_TOKEN', 'TENANT'] });
  const viewer = data?.viewer ?? null;
  return <OnDemand load={PARTS.viewer} props={{ viewer }} closed={(ask) => <ViewerButton viewer={viewer} onClick={ask} aria-haspopup="menu" />} />;
}

type ViewerButtonProps = ButtonProps & Omit<ComponentPropsWithRef<'button'>, keyof ButtonProps> & { viewer: Viewer };

export function ViewerButton({ viewer, ...button }: ViewerButtonProps) {
  return (
    <Button {...button} variant="subtle" color="gray">
      {viewer?.apiToken?.name ?? 'You'}
    </Button>
  );
}
