// Where the titles of the catalogue come from: each source, its state, what it changed last, and the command that takes it over.
import { Link } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { EventRows, eventRowFields } from '~/installation/event/EventRows.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { CopyBlock } from '~/kit/copy/CopyBlock.tsx';
import { usePage } from '~/kit/live/usePage.ts';
import { PageBody } from '~/kit/state/PageBody.tsx';
import { Fact, Facts } from '~/kit/text/Facts.tsx';
import { grouped, plural } from '~/kit/text/words.ts';
import { Revision } from '../software/Origin.tsx';
import { embeddedCommand, wingetCommand } from './command.ts';

/** What a source does to titles that people should hear of. */
const TYPES = ['SoftwareCatalogued', 'VersionPublished', 'VersionWithdrawn', 'SoftwareWithdrawn'];

const sourcesQuery = graphql(
  `
  query CatalogueSources($types: [String!], $asOf: AsOfInput) {
    catalogueSources(asOf: $asOf) { name revision titleCount withdrawnCount changed { ...Changed } }
    events(filter: { types: $types }, first: 20, orderBy: { field: RECORDED_AT, direction: DESC }, asOf: $asOf) { nodes { ...EventRow } }
  }
`,
  [changeFragment, eventRowFields],
);

type Source = NonNullable<ResultOf<typeof sourcesQuery>['catalogueSources']>[number];

export function SourcesPage() {
  const page = usePage(sourcesQuery, { types: TYPES }, { concerns: ['SOFTWARE'] });
  return (
    <div className="stack">
      <div className="bar">
        <h1>Sources of the catalogue</h1>
        <span className="grow" />
        <Link to="/software">Software</Link>
      </div>
      <PageBody page={page} hasTitle>
        {({ catalogueSources, events }) => (
          <>
            <Sources sources={catalogueSources ?? []} />
            <Commands isFirst={(catalogueSources ?? []).length === 0} />
            {events && events.nodes.length > 0 && (
              <section className="card">
                <h2>What changed last, in the catalogue and in your own software</h2>
                <EventRows events={events.nodes} label="What changed last" />
                <p className="small">
                  <Link to="/events" search={{ type: TYPES }}>
                    All of it, in the log
                  </Link>
                </p>
              </section>
            )}
          </>
        )}
      </PageBody>
    </div>
  );
}

function Sources({ sources }: { sources: readonly Source[] }) {
  if (sources.length === 0) return <p className="dimmed">Nothing was taken over from any source yet: the catalogue is what you make it.</p>;
  return (
    <div className="cards">
      {sources.map((source) => (
        <SourceCard key={source.name} source={source} />
      ))}
    </div>
  );
}

function SourceCard({ source: { name, revision, titleCount, withdrawnCount, changed } }: { source: Source }) {
  return (
    <section className="card">
      <h2>{name}</h2>
      <Facts>
        <Fact name="Titles">
          <Link to="/software" search={{ source: name, withdrawn: 'no' }}>
            {plural(titleCount, 'title')}
          </Link>
        </Fact>
        <Fact name="Withdrawn">
          {withdrawnCount > 0 ? (
            <Link to="/software" search={{ source: name, withdrawn: 'yes' }}>
              {grouped(withdrawnCount)} that it has no more
            </Link>
          ) : (
            <span className="dimmed">none</span>
          )}
        </Fact>
        <Fact name="Revision">
          <Revision revision={revision} />
        </Fact>
        <Fact name="Taken over">
          <Changed change={changed} />
          <div className="dimmed small">when a sync last changed something; one that changes nothing leaves no trace</div>
        </Fact>
      </Facts>
    </section>
  );
}

function Commands({ isFirst }: { isFirst: boolean }) {
  const server = location.origin;
  return (
    <section className="card stack">
      <h2>{isFirst ? 'Take a source over' : 'Take a source over again'}</h2>
      <p className="small">
        The command shows what would change before it asks, and the events carry the revision. It wants the token of an MSP administrator in{' '}
        <span className="mono">UPKEEP_TOKEN</span>; <Link to="/tokens">make one</Link>. Titles that a deployment uses say on how many computers their scripts
        run.
      </p>
      <p className="small">The pack that comes with the program:</p>
      <CopyBlock label="Command for the pack that comes with the program" text={embeddedCommand(server)} />
      <p className="small">Windows Package Manager's public manifests:</p>
      <CopyBlock label="Commands for Windows Package Manager's manifests" text={wingetCommand(server)} />
    </section>
  );
}
