// By what a software is told among the programs that a computer's system lists.
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { signWords } from './program.ts';

export const programFragment = graphql(`
  fragment ProgramOfSoftware on ProgramMatch {
    any {
      productCode
      upgradeCode
      packageFamily
      package
      named {
        name { equals contains wildcard regex }
        publisher { equals contains wildcard regex }
      }
    }
  }
`);

export function ProgramMatch({ program }: { program: FragmentOf<typeof programFragment> }) {
  const { any } = readFragment(programFragment, program);
  return (
    <>
      <p className="small">It is there where the computer's own system lists a program that fits one of these; of several the newest version counts.</p>
      <ul>
        {any.map((sign) => (
          <li key={JSON.stringify(sign)} className="break">
            {signWords(sign)}
          </li>
        ))}
      </ul>
    </>
  );
}
