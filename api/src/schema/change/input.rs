//! What inputs hold, checked: before anything is planned.

use crate::schema::types::UserError;
use async_graphql::Result;
use upkeep_domain::kernel::name::Name;

/// What an input names, if it is possible, exists and may be seen.
pub type Checked<T> = Result<Result<T, UserError>>;

pub fn name(field: &str, text: &str) -> Result<Name, UserError> {
    Name::new(text).map_err(|error| UserError::invalid(field, &error))
}

pub fn optional_name(field: &str, text: Option<&String>) -> Result<Option<Name>, UserError> {
    text.map(|text| name(field, text)).transpose()
}

pub fn found<T>(thing: Option<T>, what: &str, field: &str) -> Result<T, UserError> {
    thing.ok_or_else(|| UserError::not_found(what).at(field))
}
