// The commands that take a source over, as they are typed.

/** What the program that serves this brings along. */
export function embeddedCommand(server: string): string {
  return `upkeep catalogue sync --embedded --server ${server}`;
}

/** Manifests of Windows Package Manager, from their public repository: its commit is the revision. */
export function wingetCommand(server: string): string {
  return [
    'git clone --depth 1 https://github.com/microsoft/winget-pkgs',
    `upkeep catalogue sync winget-pkgs/manifests --dry-run --server ${server}`,
    `upkeep catalogue sync winget-pkgs/manifests --server ${server}`,
  ].join('\n');
}
