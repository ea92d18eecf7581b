//! The closed lists of words that manifests are written with.

/// A word of a closed list, in whatever case it is written.
pub(crate) trait Word: Sized + Copy {
    /// All of them, for a sentence.
    const WORDS: &'static str;

    fn of(text: &str) -> Option<Self>;
}

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $first:ident = $first_word:literal, $($(#[$note:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $first,
            $($(#[$note])* $variant,)*
        }

        impl Word for $name {
            const WORDS: &'static str = concat!($first_word, $(", ", $word),*);

            fn of(text: &str) -> Option<Self> {
                match text {
                    text if text.eq_ignore_ascii_case($first_word) => Some(Self::$first),
                    $(text if text.eq_ignore_ascii_case($word) => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

words! {
    /// What processors a program is for.
    Architecture { X86 = "x86", X64 = "x64", Arm = "arm", Arm64 = "arm64",
        /// Any of them.
        Neutral = "neutral",
    }
}

words! {
    /// For whom something is installed.
    Scope { User = "user", Machine = "machine", }
}

words! {
    /// How a file is written in a manifest; [`InstallerType`] is what follows from it.
    WrittenType { Msix = "msix", Appx = "appx", Msi = "msi", Wix = "wix", Burn = "burn", Nullsoft = "nullsoft", Inno = "inno",
        Exe = "exe", Portable = "portable", Font = "font", Zip = "zip", Store = "msstore", Web = "pwa",
    }
}

words! {
    /// What makes room for a newer version.
    UpgradeBehavior { Install = "install", UninstallPrevious = "uninstallPrevious",
        /// The program updates itself, and the installer does not.
        Deny = "deny",
    }
}

words! {
    /// Whether an installer needs an administrator's rights.
    Elevation { Required = "elevationRequired", Prohibited = "elevationProhibited", ElevatesSelf = "elevatesSelf", }
}

words! {
    /// How an installer can be run.
    InstallMode { Interactive = "interactive", Silent = "silent", SilentWithProgress = "silentWithProgress", }
}

words! {
    /// What an exit code other than success says.
    Response { PackageInUse = "packageInUse", PackageInUseByApplication = "packageInUseByApplication",
        InstallInProgress = "installInProgress", FileInUse = "fileInUse", MissingDependency = "missingDependency",
        DiskFull = "diskFull", InsufficientMemory = "insufficientMemory", InvalidParameter = "invalidParameter",
        NoNetwork = "noNetwork", ContactSupport = "contactSupport", RebootRequiredToFinish = "rebootRequiredToFinish",
        RebootRequiredForInstall = "rebootRequiredForInstall", RebootInitiated = "rebootInitiated",
        CancelledByUser = "cancelledByUser", AlreadyInstalled = "alreadyInstalled", Downgrade = "downgrade",
        BlockedByPolicy = "blockedByPolicy", SystemNotSupported = "systemNotSupported", Custom = "custom",
    }
}

words! {
    /// What a file is to a manifest.
    Role { Version = "version", Installer = "installer", DefaultLocale = "defaultLocale", Locale = "locale",
        Singleton = "singleton", Merged = "merged",
    }
}

/// What an installer is made with, in the order in which the Windows Package Manager prefers them. One in an archive is what it
/// is there, and an appx is an msix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InstallerType {
    Msix,
    Msi,
    Wix,
    Burn,
    Nullsoft,
    Inno,
    Exe,
    Portable,
    Font,
}

/// Types that can replace each other on a computer: who was installed by one is updated by another.
#[derive(PartialEq)]
enum Family {
    Package,
    Database,
    Program,
    Portable,
    Font,
}

impl InstallerType {
    /// What a written type is by itself: nothing for archives and for what only a store or a browser installs.
    pub(crate) fn plain(written: WrittenType) -> Option<Self> {
        match written {
            WrittenType::Msix | WrittenType::Appx => Some(Self::Msix),
            WrittenType::Msi => Some(Self::Msi),
            WrittenType::Wix => Some(Self::Wix),
            WrittenType::Burn => Some(Self::Burn),
            WrittenType::Nullsoft => Some(Self::Nullsoft),
            WrittenType::Inno => Some(Self::Inno),
            WrittenType::Exe => Some(Self::Exe),
            WrittenType::Portable => Some(Self::Portable),
            WrittenType::Font => Some(Self::Font),
            WrittenType::Zip | WrittenType::Store | WrittenType::Web => None,
        }
    }

    /// Whether what it installs stands in Windows' list of installed software, under a key that is its product code.
    pub fn has_product_code(self) -> bool {
        !matches!(self, Self::Msix | Self::Font)
    }

    /// Whether the version in that list may be another than the package's.
    pub fn has_display_version(self) -> bool {
        !matches!(self, Self::Portable | Self::Font)
    }

    /// Whether it installs for whom it is told to, whatever its manifest says.
    pub fn takes_any_scope(self) -> bool {
        matches!(self, Self::Msix | Self::Portable)
    }

    /// Whether what one of them installed can be updated by the other.
    pub fn can_follow(self, installed: Self) -> bool {
        self.family() == installed.family()
    }

    fn family(self) -> Family {
        match self {
            Self::Msix => Family::Package,
            Self::Msi | Self::Wix => Family::Database,
            Self::Burn | Self::Nullsoft | Self::Inno | Self::Exe => Family::Program,
            Self::Portable => Family::Portable,
            Self::Font => Family::Font,
        }
    }
}
