import type { ReactNode } from 'react';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { itemIn, type OfItem, pathOfItem } from './item.ts';
import { Which } from './Which.tsx';

interface Props {
  of: OfItem;
  /** What it is called there, if not as now; said too where it is out of reach. */
  children?: ReactNode;
}

/** An item as a link, where it has a page, and which one of its name it is. */
export function ItemLink({ of, children }: Props) {
  const item = itemIn(of);
  const path = item && pathOfItem(item);
  const words = children ?? item?.name;
  return (
    <>
      {path ? <PathLink to={path}>{words}</PathLink> : words}
      <Which of={of} />
    </>
  );
}
