//! That somebody is signed in, and a code would sign the browser in as somebody else. A link opens by itself, whoever sent it: whoever follows one is
//! asked first, or they would go on working in somebody else's name without noticing.

use crate::error::ErrorCode;
use crate::schema::types::global_id;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use std::fmt;
use upkeep_domain::kernel::ids::ApiTokenId;
use upkeep_domain::kernel::name::Name;
use upkeep_projections::View;

/// Told to nobody but who shows a good code and a session: each of the two says already who they are to whoever holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replacing {
    pub signed_in: ApiTokenId,
    pub by: ApiTokenId,
}

impl Replacing {
    /// Whether somebody agreed to this: they name who is signed in, so that what was agreed before somebody else signed in counts for nothing.
    pub fn is_agreed(self, instead_of: Option<&str>) -> bool {
        instead_of == Some(id(self.signed_in).as_str())
    }

    /// The question, for people and for the page that puts it.
    pub fn question(self, view: &View) -> Response {
        let signed_in = Holder::of(view, self.signed_in);
        let by = Holder::of(view, self.by);
        let message = format!(
            "you are signed in as {signed_in}, and the code is of {by}: to be signed in as the latter send it again with {{\"insteadOf\": \"{}\"}}",
            signed_in.api_token_id
        );
        let extensions = json!({
            "code": ErrorCode::BadUserInput.as_str(),
            "signedIn": signed_in,
            "codeIsOf": by,
        });
        let error = json!({ "message": message, "extensions": extensions });
        let headers = [(header::CACHE_CONTROL, "no-store")];
        let body = Json(json!({ "errors": [error] }));
        (StatusCode::CONFLICT, headers, body).into_response()
    }
}

fn id(token: ApiTokenId) -> String {
    global_id("ApiToken", token.0).0
}

/// Who somebody is, as they would see it themselves.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Holder<'a> {
    api_token_id: String,
    name: &'a str,
    /// In words: two tokens may have the same name.
    role: &'static str,
    tenant: Option<&'a str>,
}

impl<'a> Holder<'a> {
    fn of(view: &'a View, token: ApiTokenId) -> Self {
        let entry = view.api_tokens.get(token);
        let grant = entry.and_then(|entry| entry.state.grant.as_ref());
        let tenant = grant.and_then(|grant| view.tenants.get(grant.role.tenant()?));
        let name_of_tenant = tenant.and_then(|tenant| tenant.state.name.as_ref());
        Self {
            api_token_id: id(token),
            name: grant.map_or("", |grant| grant.name.as_str()),
            role: grant.map_or("", |grant| grant.role.rank().words()),
            tenant: name_of_tenant.map(Name::as_str),
        }
    }
}

impl fmt::Display for Holder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.name, self.role)?;
        if let Some(tenant) = self.tenant {
            write!(f, " of {tenant}")?;
        }
        write!(f, ")")
    }
}
