// What can be done by keys, and the keys themselves. Nothing is taken from whoever types into a field.
import { Modal } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { PLACES } from './places.ts';

/** How long after `g` the second key may come, in milliseconds. */
const SECOND_KEY_WITHIN = 1_500;

export function Shortcuts() {
  const [isOpen, setOpen] = useState(false);
  const navigate = useNavigate();
  useEffect(() => {
    let goes = 0;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyped(event.target)) return;
      if (event.key === '?') return setOpen(true);
      if (Date.now() - goes < SECOND_KEY_WITHIN) {
        goes = 0;
        const place = PLACES.find(({ keys }) => keys === event.key);
        if (place) void navigate({ to: place.to });
      } else if (event.key === 'g') goes = Date.now();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [navigate]);

  return (
    <Modal opened={isOpen} onClose={() => setOpen(false)} title="Keys">
      <dl className="facts">
        <Key keys="Ctrl K" does="Find a computer, tenant, person, deployment, software or task, or start something" />
        <Key keys="?" does="This list" />
        <Key keys="↑ ↓, Page, Home, End" does="Move in a list that has the focus" />
        <Key keys="Enter, Space" does="Open the row, choose it" />
        {PLACES.map(({ keys, title }) => (
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

function isTyped(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}
