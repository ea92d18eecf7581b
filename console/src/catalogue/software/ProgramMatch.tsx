// By what a software is told among the programs that a computer's system lists.
import { graphql } from '~/kit/api/graphql.ts';
import { type Match, signWords } from './program.ts';

export const programFragment = graphql(`
  fragment ProgramOfSoftware on ProgramMatch @_unmask {
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

export function ProgramMatch({ program: { any } }: { program: Match }) {
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
