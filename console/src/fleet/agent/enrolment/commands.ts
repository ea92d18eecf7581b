// What has to be done on a computer so that its agent enrols and keeps running: README.md, "Agents", in commands.

const UNIT = `[Unit]
Description=Upkeep agent
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=/usr/local/bin/upkeep-agent run
Restart=always
Delegate=yes

[Install]
WantedBy=multi-user.target`;

/** Whether an agent refuses to talk to the server so: its traffic could be read by everybody between. */
export function isPlain(server: string): boolean {
  const { protocol, hostname } = new URL(server);
  return protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** For Linux with systemd, as root. The secret goes through standard input: a command line can be read by every account. */
export function linuxCommands(server: string, secret: string): string {
  const plain = isPlain(server) ? ' --allow-plain-http' : '';
  return `install -m 0755 upkeep-agent /usr/local/bin/upkeep-agent
/usr/local/bin/upkeep-agent enrol --server ${server}${plain} --token-file - <<'END'
${secret}
END
cat > /etc/systemd/system/upkeep-agent.service <<'END'
${plain ? UNIT.replace('upkeep-agent run', `upkeep-agent run${plain}`) : UNIT}
END
systemctl daemon-reload
systemctl enable --now upkeep-agent
`;
}
