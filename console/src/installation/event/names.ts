// What the things are called that the data of events name by their ids: as far as these events themselves tell it.
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { eachOf, membersOf, textOf } from '~/kit/json/members.ts';
import { shortId, streamOf } from './streams.ts';

/** An event as far as it is put in words. */
export const toldFragment = graphql(`
  fragment ToldEvent on Event @_unmask {
    type stream data
    tenant { uuid name }
    subject {
      title
      node {
        ... on Computer { primaryPerson { uuid name } tenant { uuid name } }
        ... on Deployment {
          target {
            scope { singleTenant { tenant { uuid name } } computer { uuid name } person { uuid name } }
            membership { group { uuid name } }
          }
        }
        ... on Tenant { parent { uuid name } }
      }
    }
  }
`);

export type Told = ResultOf<typeof toldFragment>;

/** Whose title is their own name; that of a session is its computer's. */
const NAMED = ['agent', 'cloudtask', 'computer', 'group', 'person', 'secret', 'software', 'task', 'tenant'];

export type Names = ReadonlyMap<string, string>;

export function namesIn(events: readonly Told[]): Names {
  const names = new Map<string, string>();
  for (const event of events) {
    for (const { uuid, name } of [...around(event), ...planned(event.data)]) names.set(uuid, name);
  }
  // A run is called after the item of its action, which only its beginning names.
  for (const { action, run } of events.map(({ data }) => membersOf(data))) {
    const name = names.get(textOf(action));
    if (name && textOf(run)) names.set(textOf(run), name);
  }
  return names;
}

/** The name of a thing, or the part of its id that tells it from others. */
export function nameIn(names: Names, id: string): string {
  return names.get(id) ?? shortId(id);
}

interface Named {
  uuid: string;
  name: string;
}

function around({ stream, tenant, subject }: Told): Named[] {
  const { category, id } = streamOf(stream);
  const itself = subject?.title && NAMED.includes(category) ? [{ uuid: id, name: subject.title }] : [];
  const node = subject?.node ?? {};
  const { scope, membership } = 'target' in node ? node.target : {};
  const others = [
    tenant,
    'tenant' in node ? node.tenant : null,
    'primaryPerson' in node ? node.primaryPerson : null,
    'parent' in node ? node.parent : null,
    scope?.singleTenant?.tenant,
    scope?.computer,
    scope?.person,
    membership?.group,
  ];
  return [...itself, ...others.filter((one) => one !== null && one !== undefined)];
}

/** A session that has resolved what it does tells what the items of its actions are called; later ones name the actions alone. */
function planned(data: unknown): Named[] {
  return eachOf(membersOf(data).actions).flatMap(({ action, item, itemName }) =>
    [textOf(action), textOf(membersOf(item).id)].filter((uuid) => uuid && textOf(itemName)).map((uuid) => ({ uuid, name: textOf(itemName) })),
  );
}
