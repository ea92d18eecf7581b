// Where a software comes from: the catalogue's source, a copy of a title of it, or somebody here.
import { Mark } from '~/kit/text/Mark.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { type OfOrigin, partsWords, shortRevision } from './origin.ts';

/** On the page of the software. */
export function Origin({ of: { origin, copiedFrom, differsFromOrigin } }: { of: OfOrigin }) {
  if (origin) return <Title origin={origin} />;
  if (copiedFrom) return <Copy copiedFrom={copiedFrom} differsFromOrigin={differsFromOrigin} />;
  return <>your own: somebody here made it</>;
}

function Title({ origin: { source, identifier, revision, isWithdrawn } }: { origin: NonNullable<OfOrigin['origin']> }) {
  return (
    <>
      <PathLink to="/software/sources">{source}</PathLink>, as <span className="mono">{identifier}</span>, last changed at <Revision revision={revision} />{' '}
      {isWithdrawn && <Mark tone="warn">Withdrawn</Mark>}
      <div className="dimmed small">
        {isWithdrawn
          ? `${source} has it no more. It stays as it is, and what deployments want of it they want still.`
          : `Only ${source} changes it: what you want otherwise, you change in a copy.`}
      </div>
    </>
  );
}

function Copy({ copiedFrom, differsFromOrigin }: { copiedFrom: NonNullable<OfOrigin['copiedFrom']>; differsFromOrigin: OfOrigin['differsFromOrigin'] }) {
  const { software, revision } = copiedFrom;
  const parts = partsWords(differsFromOrigin ?? []);
  return (
    <>
      your own, copied from {software ? <PathLink to={`/software/${software.uuid}`}>{software.name}</PathLink> : 'a title that is not there any more'}
      {software?.origin && ` of ${software.origin.source}`} at <Revision revision={revision} /> {parts && <Mark tone="warn">Differs from its origin</Mark>}
      <div className="dimmed small">{parts ? `As both are now, they differ in ${parts}.` : 'As both are now, they are the same.'}</div>
    </>
  );
}

export function Revision({ revision }: { revision: string }) {
  return (
    <span className="mono" title={revision}>
      {shortRevision(revision)}
    </span>
  );
}

/** In a row of a list. */
export function OriginMark({ of: { origin, copiedFrom, differsFromOrigin } }: { of: OfOrigin }) {
  if (origin) {
    return (
      <>
        {origin.isWithdrawn && <Mark tone="warn">Withdrawn</Mark>}{' '}
        <span className="which" title={`${origin.source} ${origin.identifier}`}>
          {origin.source} {origin.identifier}
        </span>
      </>
    );
  }
  if (!copiedFrom) return 'own';
  const parts = partsWords(differsFromOrigin ?? []);
  return <span title={parts && `It differs in ${parts}.`}>{parts ? 'own, a copy that differs' : 'own, a copy'}</span>;
}
