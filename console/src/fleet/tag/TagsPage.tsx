// Which tags are in use, and by how many: deployments choose computers by them.
import { Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { TextFilter } from '~/kit/select/TextFilter.tsx';
import { Empty, Failed, Loading, Stale } from '~/kit/state/PageBody.tsx';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { matching, type Tag } from './tags.ts';
import { MOST, useTags } from './useTags.ts';

/** Rows that are drawn; more are found by a part of their name. */
const SHOWN = 500;

export function TagsPage() {
  const { name } = useSearch({ from: '/tags' });
  const navigate = useNavigate({ from: '/tags' });
  const { counted, failure, read, isReading, again } = useTags();
  return (
    <div className="stack">
      <div className="bar">
        <h1>Tags</h1>
        <span className="grow" />
        <span role="status" className="small dimmed">
          {isReading ? `Reading what carries tags: ${read.toLocaleString('en')}` : counted?.position && `As of position ${counted.position}`}
        </span>
        <Button onClick={again} loading={isReading}>
          Count again
        </Button>
      </div>
      <div className="bar">
        <TextFilter label="Name contains" value={name} onChange={(name) => void navigate({ search: { name }, replace: true })} />
      </div>
      {failure && counted && <Stale failure={failure} position={counted.position} again={again} />}
      {failure && !counted && <Failed failure={failure} again={again} />}
      {!failure && !counted && <Loading />}
      {counted && counted.left > 0 && (
        <p role="alert" className="small">
          These counts are not whole: {plural(counted.left, 'computer, tenant or person was', 'computers, tenants and people were')} not read, as there are more
          than {MOST.toLocaleString('en')} of a kind.
        </p>
      )}
      {counted && <TagRows tags={matching(counted.tags, name)} isFiltered={name !== undefined} />}
    </div>
  );
}

function TagRows({ tags, isFiltered }: { tags: readonly Tag[]; isFiltered: boolean }) {
  if (tags.length === 0) {
    return isFiltered ? (
      <Empty title="No tag is called so">Take the filter away.</Empty>
    ) : (
      <Empty title="Nothing carries a tag yet" action={<PathLink to="/computers">Choose computers and tag them</PathLink>}>
        A tag is a word on a computer, a tenant or a person. Deployments can be for everything that carries one.
      </Empty>
    );
  }
  return (
    <div className="card">
      <table className="rows" aria-label="Tags">
        <thead>
          <tr>
            <th scope="col">Tag</th>
            <th scope="col" className="number">
              Computers
            </th>
            <th scope="col" className="number">
              Tenants
            </th>
            <th scope="col" className="number">
              People
            </th>
          </tr>
        </thead>
        <tbody>
          {tags.slice(0, SHOWN).map(({ name, counts }) => (
            <tr key={name}>
              <th scope="row">
                <span className="mark">{name}</span>
              </th>
              <Count count={counts.computers} to="/computers" tag={name} />
              <Count count={counts.tenants} to="/tenants" tag={name} />
              <Count count={counts.people} to="/people" tag={name} />
            </tr>
          ))}
        </tbody>
      </table>
      <p className="small dimmed">
        {plural(tags.length, 'tag')}
        {tags.length > SHOWN && `; the first ${SHOWN} are shown`}. A computer is counted for the tags that it carries itself; those of its tenant and its person
        count for targets too.
      </p>
    </div>
  );
}

function Count({ count, to, tag }: { count: number; to: string; tag: string }) {
  return (
    <td className="number">
      {count === 0 ? (
        <span className="dimmed">0</span>
      ) : (
        <PathLink to={to} search={{ tag }}>
          {count.toLocaleString('en')}
        </PathLink>
      )}
    </td>
  );
}
