use super::InstallerType;

/// What an installer is told on its command line. `<LOGPATH>` and `<INSTALLPATH>` stand for paths that are known when it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    pub silent: Option<String>,
    pub silent_with_progress: Option<String>,
    pub interactive: Option<String>,
    pub install_location: Option<String>,
    pub log: Option<String>,
    pub upgrade: Option<String>,
    /// Always told, besides the others.
    pub custom: Option<String>,
    pub repair: Option<String>,
}

impl Switches {
    /// These, and of others what these do not say.
    pub(crate) fn or(self, others: &Self) -> Self {
        let or = |own: Option<String>, other: &Option<String>| own.or_else(|| other.clone());
        Self {
            silent: or(self.silent, &others.silent),
            silent_with_progress: or(self.silent_with_progress, &others.silent_with_progress),
            interactive: or(self.interactive, &others.interactive),
            install_location: or(self.install_location, &others.install_location),
            log: or(self.log, &others.log),
            upgrade: or(self.upgrade, &others.upgrade),
            custom: or(self.custom, &others.custom),
            repair: or(self.repair, &others.repair),
        }
    }

    /// What all installers of a type understand, as the Windows Package Manager's client has it (`ManifestCommon.cpp`). The
    /// makers of an `exe` agree on nothing.
    pub(crate) fn defaults(kind: InstallerType) -> Self {
        let [silent, with_progress, log, location] = match kind {
            InstallerType::Msi | InstallerType::Wix | InstallerType::Burn => [
                Some("/quiet /norestart"),
                Some("/passive /norestart"),
                Some("/log \"<LOGPATH>\""),
                Some("TARGETDIR=\"<INSTALLPATH>\""),
            ],
            InstallerType::Nullsoft => [Some("/S"), Some("/S"), None, Some("/D=<INSTALLPATH>")],
            InstallerType::Inno => [
                Some("/SP- /VERYSILENT /SUPPRESSMSGBOXES /NORESTART"),
                Some("/SP- /SILENT /SUPPRESSMSGBOXES /NORESTART"),
                Some("/LOG=\"<LOGPATH>\""),
                Some("/DIR=\"<INSTALLPATH>\""),
            ],
            InstallerType::Msix
            | InstallerType::Exe
            | InstallerType::Portable
            | InstallerType::Font => [None; 4],
        };
        let text = |text: Option<&str>| text.map(str::to_owned);
        Self {
            silent: text(silent),
            silent_with_progress: text(with_progress),
            log: text(log),
            install_location: text(location),
            ..Self::default()
        }
    }
}
