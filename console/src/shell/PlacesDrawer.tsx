import { Drawer } from '@mantine/core';
import { Places } from './Places.tsx';

/** The navigation where there is no room for it beside the page. */
export function PlacesDrawer({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  return (
    <Drawer opened={isOpen} onClose={close} size="14rem" title="Places" hiddenFrom="sm">
      <Places />
    </Drawer>
  );
}
