// A secret as far as anything of it can be known: what it is called, whose it is, and which deployments tell it.
import { changeFragment } from '~/access/actor/Changed.tsx';
import { mayFragment } from '~/kit/action/may.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';

export const secretFragment = graphql(
  `
    fragment ListedSecret on Secret @_unmask {
      uuid name revision isOfInstallation
      tenant { uuid name }
      deployments { uuid target { text } }
      may { ...May }
      changed { ...Changed }
    }
  `,
  [changeFragment, mayFragment],
);

export type Secret = ResultOf<typeof secretFragment>;

type Owned = Pick<Secret, 'isOfInstallation'> & { tenant: { name: string } | null };

/** Whose it is, and so for whom it can be told. */
export function ownerWords({ isOfInstallation, tenant }: Owned): string {
  return isOfInstallation ? 'the installation' : (tenant?.name ?? 'a tenant that you cannot see');
}
