// What its maker tells of a software.
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
