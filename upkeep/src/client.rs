//! A GraphQL client of a server.

use crate::operator::data_of;
use anyhow::Context;
use serde_json::Value;

/// How long a link to the console is good: as long as the server lets one be.
pub const LINK_MINUTES: u64 = 15;

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    pub token: String,
}

impl Client {
    pub fn new(base: String, token: String) -> anyhow::Result<Self> {
        Ok(Self {
            http: reqwest::Client::builder().build()?,
            base,
            token,
        })
    }

    /// The data of an operation; errors and user errors are errors.
    pub async fn ask(&self, query: &str, variables: Value) -> anyhow::Result<Value> {
        let response = self
            .http
            .post(format!("{}/graphql", self.base))
            .bearer_auth(&self.token)
            .json(&serde_json::json!({ "query": query, "variables": variables }))
            .send()
            .await?;
        let answer: Value = response.json().await.context("the answer is no JSON")?;
        data_of(&answer)
    }

    /// A link that opens the console signed in, once.
    pub async fn console_link(&self) -> anyhow::Result<String> {
        let response = self
            .http
            .post(format!("{}/console/code", self.base))
            .bearer_auth(&self.token)
            .json(&serde_json::json!({ "minutes": LINK_MINUTES }))
            .send()
            .await?
            .error_for_status()?;
        let answer: Value = response.json().await?;
        let code = answer["code"].as_str().context("the answer has no code")?;
        Ok(format!("{}/#code={code}", self.base))
    }

    /// Uploads a file and answers with its SHA-256.
    pub async fn upload(&self, content: Vec<u8>) -> anyhow::Result<String> {
        let sha256 = upkeep_domain::kernel::digest::Sha256Digest::of(&content).to_string();
        self.http
            .put(format!("{}/packages/{sha256}", self.base))
            .bearer_auth(&self.token)
            .body(content)
            .send()
            .await?
            .error_for_status()?;
        Ok(sha256)
    }
}
