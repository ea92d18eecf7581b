// graphql-js over every GraphQL document that people copy from us: in README.md, docs/*.md and docs/examples/*. Prints how many there
// are, or the first that is wrong, with its file and line.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, buildSchema, parse, validate } from 'graphql';

const root = join(import.meta.dirname, '../..');
const schema = buildSchema(readFileSync(join(root, 'schema.graphql'), 'utf8'));

/** The number of the line on which this place of a text is. */
const lineOf = (text, place) => text.slice(0, place).split('\n').length;

/** From `start` on one operation: it ends with the brace that closes the last thing that was open. */
function operation(text, start) {
  let open = 0;
  for (let place = start; place < text.length; place++) {
    if ('({['.includes(text[place])) open += 1;
    if (!')}]'.includes(text[place])) continue;
    open -= 1;
    if (open === 0 && text[place] === '}') return text.slice(start, place + 1);
  }
  return text.slice(start);
}

/** What a program has behind each comment `# graphql`; one without that comment is told as what is wrong. */
function inProgram(text) {
  const marks = [...text.matchAll(/^.*# graphql$/gm)];
  const found = marks.map((mark) => {
    const start = mark.index + mark[0].length;
    return { line: lineOf(text, start), text: operation(text, start) };
  });
  for (const { index } of text.matchAll(/\b(?:query|mutation|subscription)\s*(?:\(\$|\{)/g)) {
    const line = lineOf(text, index);
    const isKnown = found.some((one) => line >= one.line && line < one.line + one.text.split('\n').length);
    if (!isKnown) found.push({ line, problem: 'a document without the comment "# graphql" before it' });
  }
  return found;
}

/** Blocks of GraphQL, and in blocks of other languages what is sent as `query`, on one line. */
function inMarkdown(text) {
  const found = [];
  for (const block of text.matchAll(/^( *)```(\w+)\n(.*?)^\1```$/gms)) {
    const [, , language, content] = block;
    const line = lineOf(text, block.index) + 1;
    if (language === 'graphql') found.push({ line, text: content });
    for (const sent of content.matchAll(/\bquery"?\s*[:=]\s*(["'`])((?:\\.|(?!\1).)*)\1/g)) {
      const document = sent[2].replaceAll('\\"', '"');
      found.push({ line: line + lineOf(content, sent.index) - 1, text: document });
    }
  }
  return found;
}

/** What is wrong with a text of operations, each of which is sent alone; with the line in the text. */
function wrong(text) {
  try {
    const { definitions } = parse(text);
    const shared = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
    const alone = definitions.filter(({ kind }) => kind !== Kind.FRAGMENT_DEFINITION);
    return alone.flatMap((one) => validate(schema, { kind: Kind.DOCUMENT, definitions: [one, ...shared] }))[0];
  } catch (error) {
    return error;
  }
}

/** Where the first that is wrong is, and why. */
function problem(path, { line, text, problem }) {
  if (problem) return `${path}:${line}: ${problem}`;
  const error = wrong(text);
  return error && `${path}:${line + (error.locations?.[0]?.line ?? 1) - 1}: ${error.message}`;
}

// What finds nothing here would find nothing anywhere.
const block = (language, text) => inMarkdown(`text\n\`\`\`${language}\n${text}\n\`\`\`\n`);
for (const [what, found, expected] of [
  ['a block that holds', block('graphql', '{ viewer { role } }\n{ server { version } }'), undefined],
  ['a block that does not', block('graphql', '{ viewer { role } }\n{ nothing }'), 'x:4: Cannot query field "nothing" on type "Query".'],
  ['what curl sends', block('sh', `x\ncurl -d '{"query": "{ node(id: \\"x\\") { nothing } }"}'`), 'x:4: Cannot query field "nothing" on type "Node".'],
  ['what a program sends', inProgram('ask(`# graphql\nquery($i: ID!) {\n  node(id: $i) { nothing }\n}`)'), 'x:3: Cannot query field "nothing" on type "Node".'],
  ['a document without its comment', inProgram('\n"query($id: ID!) { node(id: $id) { id } }"'), 'x:2: a document without the comment "# graphql" before it'],
]) {
  const told = found.length === 0 ? 'nothing' : found.map((one) => problem('x', one)).find(Boolean);
  if (told !== expected) throw new Error(`${what}: ${told}`);
}

const files = (folder, isOne) => readdirSync(join(root, folder)).filter(isOne).map((name) => `${folder}/${name}`);
let count = 0;
for (const [find, paths] of [
  [inMarkdown, ['README.md', ...files('docs', (name) => name.endsWith('.md'))]],
  [inProgram, files('docs/examples', (name) => !name.startsWith('.'))],
]) {
  for (const path of paths) {
    const found = find(readFileSync(join(root, path), 'utf8'));
    if (find === inProgram && found.length === 0) found.push({ line: 1, problem: 'no document at all' });
    const told = found.map((one) => problem(path, one)).find(Boolean);
    if (told) {
      console.error(told);
      process.exit(1);
    }
    count += found.length;
  }
}
console.log(`graphql-js: ${count} documents of README.md and docs hold`);
