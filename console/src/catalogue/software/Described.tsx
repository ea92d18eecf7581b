// What its maker tells of a software, and the way to its deployment.
import { Link } from '@tanstack/react-router';
import { Fact } from '~/kit/text/Facts.tsx';

interface Props {
  software: { homepage: string | null; licence: string | null; tags: readonly string[] };
}

export function Described({ software: { homepage, licence, tags } }: Props) {
  return (
    <>
      {homepage && (
        <Fact name="Homepage">
          {/^https?:/.test(homepage) ? (
            <a href={homepage} rel="noreferrer" target="_blank">
              {homepage}
            </a>
          ) : (
            homepage
          )}
        </Fact>
      )}
      {licence && <Fact name="Licence">{licence}</Fact>}
      {tags.length > 0 && <Fact name="Tags">{tags.join(', ')}</Fact>}
    </>
  );
}

/** The editor of a deployment, filled in: nothing happens before what it would do was shown there. */
export function Deploy({ software: { uuid } }: { software: { uuid: string } }) {
  return (
    <Link to="/deployments/new" search={{ software: uuid, filter: 'WORKSTATIONS' }}>
      Deploy to all workstations
    </Link>
  );
}
