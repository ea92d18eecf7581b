// What a first visit costs, for each page: the closure of the imports of the entry and of the page, compressed. Fails beyond the budget.
// gzip counts: browsers take brotli only over TLS and from their own machine.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const KIB = 1024;
const FIRST_LOAD = 250;
const SHELL = 160;
/** What a page may bring beside the frame if it is no list: editors and graphs are heavy, and come when they are needed. */
const OTHER = 150;
/** Whose code may not be in the frame, by a word that only their modules have in their names. */
const NOT_IN_SHELL = ['codemirror', 'xyflow', 'dates'];
/** Pages that people open first. */
const FIRST_PAGES = ['OverviewPage', 'ComputersPage', 'SessionsPage', 'DeploymentsPage'];

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('manifest.json', dist), 'utf8'));

function size(file) {
  const compressed = new URL(`${file}.gz`, dist);
  return existsSync(compressed) ? statSync(compressed).size : gzipSync(readFileSync(new URL(file, dist))).length;
}

function closure(key, into = new Set()) {
  const chunk = manifest[key];
  if (!chunk || into.has(chunk.file)) return into;
  into.add(chunk.file);
  for (const imported of chunk.imports ?? []) closure(imported, into);
  return into;
}

const sum = (files) => [...files].filter((file) => file.endsWith('.js')).reduce((total, file) => total + size(file), 0) / KIB;
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const shell = closure(entry);
const failures = [];
const rows = [['frame', sum(shell), sum(shell)]];
if (sum(shell) > SHELL) failures.push(`the frame has ${sum(shell).toFixed(1)} KiB, and ${SHELL} are allowed`);
const heavy = [...shell].filter((file) => NOT_IN_SHELL.some((word) => file.includes(word)));
if (heavy.length > 0) failures.push(`in the frame is what should come later: ${heavy.join(', ')}`);

for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.isDynamicEntry || !/Page\.tsx$/.test(key)) continue;
  const name = key.split('/').at(-1).replace('.tsx', '');
  const all = sum(new Set([...shell, ...closure(key)]));
  const own = all - sum(shell);
  rows.push([name, own, all]);
  if (FIRST_PAGES.includes(name) && all > FIRST_LOAD) failures.push(`${name} loads ${all.toFixed(1)} KiB at first, and ${FIRST_LOAD} are allowed`);
  if (own > OTHER) failures.push(`${name} brings ${own.toFixed(1)} KiB, and ${OTHER} are allowed`);
}

for (const [name, own, all] of rows)
  process.stdout.write(`${name.padEnd(24)} ${own.toFixed(1).padStart(7)} KiB of its own ${all.toFixed(1).padStart(7)} KiB at first\n`);
for (const failure of failures) process.stderr.write(`budget: ${failure}\n`);
process.exitCode = failures.length > 0 ? 1 : 0;
