import { Button, Menu } from '@mantine/core';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { sentence } from '~/kit/text/words.ts';
import { signOut } from './signIn.ts';

const viewerQuery = graphql(`
  query ViewerMenu {
    viewer { role apiToken { name } tenant { name } }
  }
`);

/** Who is signed in, and with which rights. */
export function ViewerMenu() {
  const { data } = usePage(viewerQuery, {}, { concerns: ['API_TOKEN', 'TENANT'] });
  const viewer = data?.viewer;
  const name = viewer?.apiToken?.name ?? 'You';
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="subtle" color="gray">
          {name}
        </Button>
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
