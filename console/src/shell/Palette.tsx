// Ctrl-K: find anything, go anywhere, start what is common.
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { useNavigate } from '@tanstack/react-router';
import { PLACES } from './places.ts';

const [store, palette] = createSpotlight();

export const openPalette = palette.open;

export function Palette() {
  const navigate = useNavigate();
  const actions = PLACES.map(({ to, title }) => ({ id: to, label: title, onClick: () => void navigate({ to }) }));
  return (
    <Spotlight
      store={store}
      actions={actions}
      shortcut="mod + K"
      nothingFound="Nothing is called so."
      scrollable
      searchProps={{ placeholder: 'Find or do…', 'aria-label': 'Find or do' }}
    />
  );
}
