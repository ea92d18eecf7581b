// A prerequisite in words, with what it names as links.
import { Fragment } from 'react';
import { ItemLink } from '~/catalogue/item/ItemLink.tsx';
import { wantedWords } from './draft.ts';
import type { Conditions, Consequence } from './prerequisite.ts';

type Software = Consequence['software'];

/** When it applies. */
export function WhenWords({ when: { hold, of } }: { when: Conditions }) {
  if (of.length === 0) return <span className="dimmed">always</span>;
  return of.map(({ software, isInstalled, versions }, index) => (
    <Fragment key={`${software?.uuid} ${isInstalled} ${versions?.text}`}>
      {index > 0 && <strong>{hold === 'ANY' ? ' or ' : ' and '}</strong>}
      <Named software={software} /> is {isInstalled ? `installed${inVersions(versions)}` : 'not installed'}
    </Fragment>
  ));
}

/** What follows. */
export function ThenWords({ then: { kind, software, exactly, from, message } }: { then: Consequence }) {
  if (kind === 'FAIL') {
    return (
      <>
        <strong>fail:</strong> {message}
      </>
    );
  }
  return (
    <>
      <strong>{kind === 'INSTALL' ? 'install' : 'uninstall'}</strong> <Named software={software} />
      {kind === 'INSTALL' && wantedWords(exactly ? 'exactly' : from ? 'from' : 'any', exactly ?? from ?? '')}
    </>
  );
}

export function Named({ software }: { software: Software }) {
  return software ? <ItemLink of={{ software }} /> : 'a software that is not there';
}

function inVersions(versions: Conditions['of'][number]['versions']): string {
  const isAny = !versions || !(versions.exactly || versions.from || versions.below);
  return isAny ? '' : ` ${versions.text}`;
}
