//! The way to the server whose catalogue it is: its public GraphQL, as whoever holds a token, or as the operator on its own machine.
//! Either way permission, limits and events are those of everybody.

use crate::client::Client;
use crate::operator::{self, Of};
use anyhow::bail;
use clap::Args;
use serde_json::Value;

#[derive(Args)]
pub struct Where {
    /// The server's address, such as https://upkeep.example.com; the one in the data directory if not given
    #[arg(long, env = "UPKEEP_SERVER")]
    server: Option<String>,
    /// An MSP administrator's API token for it
    #[arg(long, env = "UPKEEP_TOKEN", hide_env_values = true)]
    token: Option<String>,
    #[command(flatten)]
    place: Of,
}

pub enum Way {
    Token(Client),
    Operator(Of),
}

impl Where {
    pub async fn way(self) -> anyhow::Result<Way> {
        match (self.server, self.token) {
            (Some(server), Some(token)) => {
                let base = server.trim_end_matches('/').to_owned();
                Ok(Way::Token(Client::new(base, token)?))
            }
            (None, None) => {
                // Each question would otherwise start a server of its own.
                drop(operator::reach(&self.place).await?);
                Ok(Way::Operator(self.place))
            }
            (Some(_), None) => bail!("give the token with --token, or in UPKEEP_TOKEN"),
            (None, Some(_)) => bail!("say with --server for which server the token is"),
        }
    }
}

impl Way {
    /// The data of an operation; errors and user errors of the whole are errors.
    pub async fn ask(&self, query: &str, variables: Value) -> anyhow::Result<Value> {
        match self {
            Self::Token(client) => client.ask(query, variables).await,
            Self::Operator(place) => operator::execute(place, query, variables).await,
        }
    }
}
