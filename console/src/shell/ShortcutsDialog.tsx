import { Modal } from '@mantine/core';
import { usePlaces } from './usePlaces.ts';

/** The keys themselves. */
export function ShortcutsDialog({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const places = usePlaces();
  return (
    <Modal opened={isOpen} onClose={close} title="Keys">
      <dl className="facts">
        <Key keys="Ctrl K" does="Find a computer, tenant, person, deployment, software or task, or start something" />
        <Key keys="?" does="This list" />
        <Key keys="↑ ↓, Page, Home, End" does="Move in a list that has the focus" />
        <Key keys="Enter, Space" does="Open the row, choose it" />
        {places.map(({ keys, title }) => (
          <Key key={keys} keys={`g ${keys}`} does={title} />
        ))}
      </dl>
    </Modal>
  );
}

function Key({ keys, does }: { keys: string; does: string }) {
  return (
    <>
      <dt className="mono">{keys}</dt>
      <dd>{does}</dd>
    </>
  );
}
