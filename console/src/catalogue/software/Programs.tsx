import { type Match, type SignWords, signWords } from './programs.ts';

/** By what it is told among the installed programs. */
export function Programs({ match: { any } }: { match: Match }) {
  return (
    <>
      <p className="small">
        It is looked for among the programs that the computer's own system lists; no script runs. It is there where any of these fits, the newest of several
        counts, and where none fits it is absent. A code is a strong sign: where one fits, names are not asked.
      </p>
      <table className="rows" aria-label="By what it is told from other programs">
        <thead>
          <tr>
            <th scope="col">What is looked at</th>
            <th scope="col">What it has to be</th>
          </tr>
        </thead>
        <tbody>
          {any.map((sign) => (
            <SignRow key={JSON.stringify(sign)} words={signWords(sign)} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function SignRow({ words }: { words: SignWords | undefined }) {
  if (!words) {
    return (
      <tr>
        <td colSpan={2} className="dimmed">
          Something that this console does not know.
        </td>
      </tr>
    );
  }
  const { what, how, value, publisher } = words;
  return (
    <tr>
      <td>{what}</td>
      <td>
        {how} <span className="mono">{value}</span>
        {publisher && (
          <div>
            and its publisher {publisher.how} <span className="mono">{publisher.value}</span>
          </div>
        )}
      </td>
    </tr>
  );
}
