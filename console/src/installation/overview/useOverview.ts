// What the overview is made of: one answer, and so one moment. Which software is compared is read beside it, since compliance is asked for by
// software; once that is known the answer has that part too. What fails of it fails alone.
import { eventRowFields } from '~/installation/event/EventRows.tsx';
import { CHANGES } from '~/installation/event/types.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { type Page, usePage } from '~/kit/live/usePage.ts';
import { useNow } from '~/kit/time/clock.ts';
import { agoAt, startOfDay } from './day.ts';

/** How many of the software with the widest reach are compared with what should be there. */
const ITEMS = 6;

const itemsQuery = graphql(`
  query OverviewItems($first: Int, $asOf: AsOfInput) {
    server(asOf: $asOf) { time }
    catalogue(first: $first, orderBy: { field: NAME }, asOf: $asOf) { totalCount nodes { uuid name reach } }
  }
`);

export const complianceFields = graphql('fragment ItemCompliance on ComplianceReport { shouldHave has differs unknown }');

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
  query Overview(
    $today: DateTime!, $day: DateTime!, $changes: [String!], $asOf: AsOfInput
    $item1: ID!, $item2: ID!, $item3: ID!, $item4: ID!, $item5: ID!, $item6: ID!
    $has1: Boolean!, $has2: Boolean!, $has3: Boolean!, $has4: Boolean!, $has5: Boolean!, $has6: Boolean!
  ) {
    summary(asOf: $asOf) {
      computerCount onlineCount onboardingCount excludedCount attentionCount
      agentCount connectedAgentCount heldAgentCount activeSessionCount
      sessions(since: $today) { isComplete counts { status count } }
    }
    held: attention(reasonsIn: [AGENT_HELD], first: 5, asOf: $asOf) { ...Attention }
    trouble: attention(reasonsIn: [SESSION_FAILED, SESSION_PARTIALLY_PASSED, SESSION_MISSED], first: 5, asOf: $asOf) { ...Attention }
    toOnboard: attention(reasonsIn: [ONBOARDING], first: 5, asOf: $asOf) { ...Attention }
    deployments(first: 50, orderBy: { field: CHANGED_AT, direction: DESC }, asOf: $asOf) {
      totalCount
      nodes { uuid software { name } target { text } conflicts(first: 1) { totalCount nodes { computerCount targetText deployment { uuid } } } }
    }
    changes: events(
      filter: { since: $day, types: $changes }, orderBy: { field: RECORDED_AT, direction: DESC }, first: 10, asOf: $asOf
    ) { pageInfo { hasNextPage } nodes { position ...EventRow } }
    compliance1: compliance(softwareId: $item1, asOf: $asOf) @include(if: $has1) { ...ItemCompliance }
    compliance2: compliance(softwareId: $item2, asOf: $asOf) @include(if: $has2) { ...ItemCompliance }
    compliance3: compliance(softwareId: $item3, asOf: $asOf) @include(if: $has3) { ...ItemCompliance }
    compliance4: compliance(softwareId: $item4, asOf: $asOf) @include(if: $has4) { ...ItemCompliance }
    compliance5: compliance(softwareId: $item5, asOf: $asOf) @include(if: $has5) { ...ItemCompliance }
    compliance6: compliance(softwareId: $item6, asOf: $asOf) @include(if: $has6) { ...ItemCompliance }
  }
`,
  [attentionFields, eventRowFields, complianceFields],
);

export type Overview = ResultOf<typeof overviewQuery>;
export type Summary = NonNullable<Overview['summary']>;

export interface Item {
  uuid: string;
  name: string;
}

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
];
/** What stands for a software that is not there; it is never asked for. */
const NONE = '00000000-0000-0000-0000-000000000000';

interface Read {
  items: Page<{ found: readonly Item[]; total: number }>;
  page: Page<Overview>;
  /** The moment that is looked at. */
  at: number;
}

export function useOverview(): Read {
  const now = useNow();
  const isPast = useMoment() !== undefined;
  const catalogue = usePage(itemsQuery, { first: 100 }, { concerns: ['SOFTWARE', 'DEPLOYMENT'] });
  const found = [...(catalogue.data?.catalogue?.nodes ?? [])].sort((one, other) => other.reach - one.reach).slice(0, ITEMS);
  const at = isPast ? Date.parse(catalogue.data?.server?.time ?? '') || now : now;
  const id = (index: number) => found[index]?.uuid ?? NONE;
  const has = (index: number) => found[index] !== undefined;
  const page = usePage(
    overviewQuery,
    {
      today: startOfDay(at),
      day: agoAt(at, 1),
      changes: [...CHANGES],
      item1: id(0),
      item2: id(1),
      item3: id(2),
      item4: id(3),
      item5: id(4),
      item6: id(5),
      has1: has(0),
      has2: has(1),
      has3: has(2),
      has4: has(3),
      has5: has(4),
      has6: has(5),
    },
    // Which day a past moment is in is known from the catalogue's answer alone.
    { concerns: CONCERNS, keep: true, isInParts: true, pause: isPast && catalogue.data === undefined && !catalogue.failure },
  );
  const total = catalogue.data?.catalogue?.totalCount ?? 0;
  return { items: { ...catalogue, data: catalogue.data && { found, total } }, page, at };
}
