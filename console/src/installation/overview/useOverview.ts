// What the overview is made of: one answer, and so one moment, of which what fails fails alone. What costs the server much is read by its card
// beside it, of the same moment.
import { eventRowFields } from '~/installation/event/EventRows.tsx';
import { CHANGES } from '~/installation/event/types.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { type Page, usePage } from '~/kit/live/usePage.ts';
import { useNow } from '~/kit/time/clock.ts';
import { agoAt, startOfDay } from './day.ts';

const timeQuery = graphql('query OverviewTime($asOf: AsOfInput) { server(asOf: $asOf) { time } }');

export const attentionFields = graphql(`
  fragment Attention on ComputerAttentionConnection {
    totalCount
    nodes {
      text
      computer { uuid name created { at } tenant { name } }
      session { uuid kind status created { at } software { name } deployment { software { name } } actions { itemName result message } }
    }
  }
`);

const overviewQuery = graphql(
  `
  query Overview($today: DateTime!, $day: DateTime!, $changes: [String!], $asOf: AsOfInput) {
    summary(asOf: $asOf) {
      computerCount onlineCount onboardingCount excludedCount attentionCount
      agentCount connectedAgentCount heldAgentCount activeSessionCount
      sessions(since: $today) { isComplete counts { status count } }
    }
    held: attention(reasonsIn: [AGENT_HELD], first: 5, asOf: $asOf) { ...Attention }
    trouble: attention(reasonsIn: [SESSION_FAILED, SESSION_PARTIALLY_PASSED, SESSION_MISSED], first: 5, asOf: $asOf) { ...Attention }
    toOnboard: attention(reasonsIn: [ONBOARDING], first: 5, asOf: $asOf) { ...Attention }
    catalogue(first: 1, asOf: $asOf) { totalCount }
    deployments(first: 1, asOf: $asOf) { totalCount }
    changes: events(
      filter: { since: $day, types: $changes }, orderBy: { field: RECORDED_AT, direction: DESC }, first: 10, asOf: $asOf
    ) { pageInfo { hasNextPage } nodes { position ...EventRow } }
  }
`,
  [attentionFields, eventRowFields],
);

export type Overview = ResultOf<typeof overviewQuery>;
export type Summary = NonNullable<Overview['summary']>;

const CONCERNS = [
  'COMPUTER',
  'AGENT',
  'MAINTENANCE_SESSION',
  'DEPLOYMENT',
  'SOFTWARE',
  'TENANT',
  'PERSON',
  'GROUP',
  'AGREEMENT',
  'API_TOKEN',
  'ENROLMENT_TOKEN',
  'ORDERING',
  'PREREQUISITES',
];

/** Which, and the moment that is looked at. */
export function useOverview(): { page: Page<Overview>; at: number } {
  const now = useNow();
  const isPast = useMoment() !== undefined;
  // Which day a past moment is in, the server tells.
  const past = usePage(timeQuery, {}, { concerns: [], pause: !isPast });
  const at = isPast ? Date.parse(past.data?.server?.time ?? '') || now : now;
  const isUnknown = isPast && past.data === undefined;
  const page = usePage(
    overviewQuery,
    { today: startOfDay(at), day: agoAt(at, 1), changes: [...CHANGES] },
    { concerns: CONCERNS, keep: true, isInParts: true, pause: isUnknown },
  );
  // Without its day nothing is read of it.
  return { page: isUnknown && past.failure ? { ...page, failure: past.failure, again: past.again } : page, at };
}
