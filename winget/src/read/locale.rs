use crate::fields::Fields;
use crate::manifest::Locale;
use crate::refusal::{Refusal, Warnings, Why};
use crate::trust;

/// The default locale has what the schema requires of it.
pub(super) fn read_default(
    fields: &Fields<'_>,
    warnings: &mut Warnings,
) -> Result<Locale, Refusal> {
    let locale = read(fields, warnings)?;
    let required = [
        ("PackageName", &locale.name),
        ("Publisher", &locale.publisher),
        ("License", &locale.licence),
        ("ShortDescription", &locale.short_description),
    ];
    match required.iter().find(|(_, value)| value.is_none()) {
        Some((key, _)) => Err(fields.refuse(key, Why::Missing)),
        None => Ok(locale),
    }
}

pub(super) fn read(fields: &Fields<'_>, warnings: &mut Warnings) -> Result<Locale, Refusal> {
    Ok(Locale {
        tag: fields.required("PackageLocale")?,
        name: fields.label("PackageName")?,
        publisher: fields.label("Publisher")?,
        licence: fields.label("License")?,
        short_description: fields.prose("ShortDescription")?,
        description: fields.prose("Description")?,
        tags: fields.labels("Tags")?.unwrap_or_default(),
        homepage: page(fields, "PackageUrl", warnings)?,
    })
}

/// What people click on is a page of the web, or it is left out.
fn page(
    fields: &Fields<'_>,
    key: &str,
    warnings: &mut Warnings,
) -> Result<Option<String>, Refusal> {
    let url = fields.line(key)?;
    match &url {
        Some(text) if trust::download(text).is_err() => {
            warnings.push(fields.warn(key, "it is no address of a page and is left out"));
            Ok(None)
        }
        _ => Ok(url),
    }
}
