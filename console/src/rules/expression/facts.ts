// What a filter expression can speak of: the table of docs/resolution.md, "Filter expressions", which is made from
// domain/src/rules/expression/schema.rs. The API does not tell it; whoever changes it there changes it here.

export interface Fact {
  path: string;
  type: 'string' | 'list(string)' | 'bool' | 'int';
  means: string;
  /** All values that it can have, where that is a closed list. */
  values?: readonly string[];
}

export const FACTS: readonly Fact[] = [
  { path: 'computer.name', type: 'string', means: 'The name under which it is registered.' },
  {
    path: 'computer.class',
    type: 'string',
    means: 'What kind of computer it is: a server where its domain role says so; else by its chassis, and unknown where that does not say.',
    values: ['workstation', 'portable', 'server'],
  },
  { path: 'computer.tags', type: 'list(string)', means: "The computer's tags; none is an empty list." },
  { path: 'computer.onboarded', type: 'bool', means: 'Whether it had its onboarding.' },
  { path: 'tenant.name', type: 'string', means: 'The name of its tenant.' },
  { path: 'tenant.tags', type: 'list(string)', means: "The tenant's tags; none is an empty list." },
  { path: 'person.name', type: 'string', means: 'The name of its primary person; unknown where there is none.' },
  { path: 'person.upn', type: 'string', means: "The primary person's user principal name." },
  { path: 'person.tags', type: 'list(string)', means: "The primary person's tags; unknown where there is no primary person." },
  { path: 'inventory.hostName', type: 'string', means: 'What the computer calls itself.' },
  { path: 'inventory.osFamily', type: 'string', means: 'The kind of its operating system.', values: ['linux', 'windows'] },
  { path: 'inventory.osName', type: 'string', means: 'The operating system, as it calls itself.' },
  { path: 'inventory.osVersion', type: 'string', means: "The operating system's version, as it calls itself; version(…) compares it." },
  { path: 'inventory.osBuild', type: 'string', means: "The operating system's build; version(…) compares it." },
  { path: 'inventory.chassisType', type: 'int', means: 'The SMBIOS chassis type (DSP0134, section 7.4.1).' },
  { path: 'inventory.manufacturer', type: 'string', means: 'Who made it.' },
  { path: 'inventory.model', type: 'string', means: 'Its model.' },
  { path: 'inventory.serialNumber', type: 'string', means: 'Its serial number.' },
  { path: 'inventory.memoryBytes', type: 'int', means: 'Its memory, in bytes.' },
  { path: 'inventory.domainName', type: 'string', means: 'The domain or directory that it is joined to.' },
  {
    path: 'inventory.domainRole',
    type: 'string',
    means: 'Its part in a Windows domain.',
    values: ['standaloneWorkstation', 'memberWorkstation', 'standaloneServer', 'memberServer', 'backupDomainController', 'primaryDomainController'],
  },
];

/** What stands alone and takes a fact. */
export const FUNCTIONS: readonly { name: string; means: string }[] = [
  { name: 'has', means: 'Whether a fact is known.' },
  { name: 'size', means: 'How long a text or a list is.' },
  { name: 'version', means: 'Compares as Upkeep compares versions.' },
];

/** What follows a fact that is a text. */
export const METHODS: readonly { name: string; means: string }[] = [
  { name: 'startsWith', means: 'Whether the text starts with another.' },
  { name: 'endsWith', means: 'Whether the text ends with another.' },
  { name: 'contains', means: 'Whether the text contains another.' },
  { name: 'matches', means: 'Whether a regular expression (RE2) matches.' },
];

/** The longest expression that the server takes, in bytes. */
export const LONGEST = 4096;
