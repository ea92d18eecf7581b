// What somebody who is signed in can do about that; it opens when it comes.
import { Menu } from '@mantine/core';
import { sentence } from '~/kit/text/words.ts';
import { useOpened } from './parts.tsx';
import { signOut } from './signIn.ts';
import { type Viewer, ViewerButton } from './ViewerMenu.tsx';

export function ViewerPanel({ viewer }: { viewer: Viewer }) {
  const { button, isOpen, setOpen } = useOpened();
  return (
    <Menu position="bottom-end" opened={isOpen} onChange={setOpen}>
      <Menu.Target>
        <ViewerButton ref={button} viewer={viewer} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {sentence(viewer?.role)}
          {viewer?.tenant ? ` of ${viewer.tenant.name}` : ''}
        </Menu.Label>
        <Menu.Item component="a" href="/graphql" target="_blank">
          GraphQL in the browser
        </Menu.Item>
        <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
