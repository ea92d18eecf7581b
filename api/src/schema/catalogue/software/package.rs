//! The files that a version's scripts work on.

use crate::request::services;
use crate::schema::types::ByteCount;
use async_graphql::{Context, InputObject, Result, SimpleObject};
use upkeep_commands::Stop;
use upkeep_domain::catalogue::software::{self, PackageUrl};
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::text;

/// A file that an install script needs.
#[derive(Clone, SimpleObject)]
pub struct Package {
    /// The name under which the script finds it.
    file_name: String,
    /// Of its content, 64 hexadecimal digits.
    sha256: String,
    /// How large it is; 0 where only the host of its address knows.
    size: ByteCount,
    /// From where agents fetch it; null if it was uploaded to the server.
    url: Option<String>,
}

impl From<&software::Package> for Package {
    fn from(package: &software::Package) -> Self {
        Self {
            file_name: package.file_name.clone(),
            sha256: package.sha256.to_string(),
            size: ByteCount(package.size.unwrap_or_default()),
            url: package.url.as_ref().map(ToString::to_string),
        }
    }
}

/// The file that a version's install script needs. Upload it first, PUT /packages/{sha256}, or say from where agents fetch it.
#[derive(Clone, Debug, InputObject)]
pub struct PackageInput {
    /// The name under which the script finds it; a bare file name.
    file_name: String,
    /// Of its content, 64 hexadecimal digits.
    sha256: String,
    /// From where agents fetch it, by https, at most 2,000 characters; from the server, to which it was uploaded, if not given.
    /// Whoever may see the catalogue sees it: a user name or a password in it is refused, and a key in its query does not belong here.
    url: Option<String>,
    /// How large what comes from `url` is; at most 16 GiB are fetched if not given. What was uploaded is measured.
    size: Option<ByteCount>,
}

impl PackageInput {
    /// Uploaded, or to be fetched by agents.
    pub async fn check(&self, context: &Context<'_>) -> Result<software::Package, Stop> {
        match &self.url {
            Some(url) => self.fetched_from(url),
            None => self.uploaded(context).await,
        }
    }

    fn digest(&self) -> Result<Sha256Digest, Stop> {
        Sha256Digest::parse(&self.sha256).ok_or_else(|| {
            Stop::invalid("sha256 has 64 hexadecimal digits").at("packageFile.sha256")
        })
    }

    /// Nobody looks whether it is there: agents reach hosts that the server does not.
    fn fetched_from(&self, url: &str) -> Result<software::Package, Stop> {
        let url = PackageUrl::new(url);
        Ok(software::Package {
            file_name: text::composed(&self.file_name),
            sha256: self.digest()?,
            size: self.size.map(|ByteCount(size)| size),
            url: Some(url.map_err(|error| Stop::invalid(&error).at("packageFile.url"))?),
        })
    }

    /// As it was uploaded, if it was.
    async fn uploaded(&self, context: &Context<'_>) -> Result<software::Package, Stop> {
        let sha256 = self.digest()?;
        if self.size.is_some() {
            let message = "what was uploaded is measured: leave the size out, or say from which url the package comes";
            return Err(Stop::invalid(message).at("packageFile.size"));
        }
        let size = services(context).packages.size(&sha256).await;
        let size = size.ok_or_else(|| {
            let message = format!(
                "the package is not on the server: upload it by PUT /packages/{sha256} first"
            );
            Stop::refused(Code::PackageMissing, message).at("packageFile")
        })?;
        Ok(software::Package {
            file_name: text::composed(&self.file_name),
            sha256,
            size: Some(size),
            url: None,
        })
    }
}
