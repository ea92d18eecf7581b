// What can be done by keys. Nothing is taken from whoever types into a field.
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { PARTS, Part } from './parts.tsx';
import { usePlaces } from './usePlaces.ts';

/** How long after `g` the second key may come, in milliseconds. */
const SECOND_KEY_WITHIN = 1_500;

export function Shortcuts() {
  const [isOpen, setOpen] = useState(false);
  const navigate = useNavigate();
  const places = usePlaces();
  useEffect(() => {
    let goes = 0;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyped(event.target)) return;
      if (event.key === '?') return setOpen(true);
      if (Date.now() - goes < SECOND_KEY_WITHIN) {
        goes = 0;
        const place = places.find(({ keys }) => keys === event.key);
        if (place) void navigate({ to: place.to });
      } else if (event.key === 'g') goes = Date.now();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [navigate, places]);

  return <Part load={PARTS.shortcuts} props={{ isOpen, close: () => setOpen(false) }} isWanted={isOpen} />;
}

function isTyped(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}
