// A chain of prerequisites as a list in a list.
import { ItemLink } from '~/catalogue/item/ItemLink.tsx';
import { goesOn, type Link, type Need, needsOf } from './chain.ts';

/** What a software needs, and what those need in turn. */
export function ChainList({ of }: { of: Link }) {
  return (
    <ul>
      {needsOf(of).map((need) => (
        <li key={need.uuid}>
          <NeedWords need={need} />
          {need.then.kind === 'INSTALL' && need.then.software && <Below of={need.then.software} />}
        </li>
      ))}
    </ul>
  );
}

function Below({ of }: { of: Link }) {
  if (goesOn(of)) return <p className="dimmed small">which needs more first</p>;
  return needsOf(of).length > 0 ? <ChainList of={of} /> : null;
}

/** The API's words, with the software in them as the link. */
function NeedWords({ need: { when, then } }: { need: Need }) {
  const { text, software } = then;
  const at = software ? text.indexOf(software.name) : -1;
  const behind = software && at >= 0 ? text.slice(at + software.name.length) : '';
  return (
    <>
      {when.text && <span className="dimmed">if {when.text}: </span>}
      {software && at >= 0 ? (
        <>
          {text.slice(0, at)}
          <ItemLink of={{ software }} />
          {behind}
        </>
      ) : (
        text
      )}
    </>
  );
}
