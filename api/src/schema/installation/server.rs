//! The server.

use super::limits::Limits;
use crate::error::ErrorCode;
use crate::request::view_at;
use crate::schema::types::{AsOfInput, PositionScalar};
use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

/// The server.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Server {
    /// The program's version.
    version: String,
    /// The position of the last event that this answer contains.
    position: PositionScalar,
    /// When that event was recorded.
    time: Option<DateTime<Utc>>,
}

#[ComplexObject]
impl Server {
    /// What one may ask of it.
    async fn limits(&self) -> Limits {
        Limits::default()
    }

    /// What `extensions.code` of an error can be, one for each code.
    #[graphql(complexity = "ErrorCode::ALL.len()")]
    async fn error_codes(&self) -> &[ErrorCode] {
        ErrorCode::ALL
    }
}

/// What can be asked about the server.
#[derive(Default)]
pub struct ServerQuery;

#[Object]
impl ServerQuery {
    /// The server, and the moment that it answers for: `asOf` with a time tells the position that the time stands for, and the other way round.
    /// The newest event of that moment that you may see is that of `events(asOf:, first: 1, orderBy: { field: RECORDED_AT, direction: DESC })`.
    async fn server(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Server>> {
        let view = view_at(context, as_of).await?;
        Ok(Some(Server {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            position: PositionScalar(view.position()),
            time: view.time(),
        }))
    }
}
