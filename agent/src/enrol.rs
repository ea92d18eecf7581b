//! Enrolment: a token and this agent's own key become an agent of the server.

use crate::platform::Computer;
use crate::state::State;
use anyhow::{Context, bail};
use ed25519_dalek::SigningKey;
use std::net::IpAddr;
use std::time::Duration;
use upkeep_agent_protocol::{ENROL_PATH, EnrolRequest, EnrolResponse, Refusal, Secret};

/// How long the server has to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The server's address: scheme, host and port, without a slash at the end.
#[derive(Clone, Debug)]
pub struct ServerUrl(pub String);

impl ServerUrl {
    pub fn parse(text: &str, allow_plain_http: bool) -> anyhow::Result<Self> {
        let url = reqwest::Url::parse(text).with_context(|| {
            format!("{text:?} is no address: give something like https://upkeep.example")
        })?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let is_local = host == "localhost"
            || host
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        match url.scheme() {
            "https" => {}
            "http" if is_local || allow_plain_http => {}
            "http" => bail!(
                "http:// to another machine can be read and changed on the way: use https://, or --allow-plain-http if you know better"
            ),
            other => bail!("{other}:// is not possible: use https://"),
        }
        Ok(Self(url.origin().ascii_serialization()))
    }
}

/// Enrols, and remembers the answer. Repeating it with the same state is the same agent.
pub async fn enrol(
    state: &mut State,
    computer: &Computer,
    server: &ServerUrl,
    token: &str,
) -> anyhow::Result<()> {
    let key = SigningKey::from_bytes(&state.key()?);
    let request = EnrolRequest {
        token: Secret(token.to_owned()),
        public_key: hex::encode(key.verifying_key().to_bytes()),
        facts: computer.facts(&state.generated_id()?),
    };
    // A token goes to the server that was named, and to no other that it sends us to.
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let response = client
        .post(format!("{}{ENROL_PATH}", server.0))
        .json(&request)
        .send()
        .await
        .with_context(|| format!("{} cannot be reached", server.0))?;
    let status = response.status();
    if !status.is_success() {
        let refusal: Refusal = response
            .json()
            .await
            .with_context(|| format!("the server answered {status}; is it an Upkeep server?"))?;
        bail!("{} ({})", refusal.message, refusal.code);
    }
    let answer: EnrolResponse = response
        .json()
        .await
        .context("the server's answer is not of the protocol")?;
    state.enrolled(answer.agent_id, &server.0, &answer.server_keys)?;
    tracing::info!(agent = %answer.agent_id, server = %server.0, "enrolled");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_leaves_this_machine_only_when_asked() {
        assert_eq!(
            ServerUrl::parse("https://a.example/x/", false).unwrap().0,
            "https://a.example"
        );
        assert_eq!(
            ServerUrl::parse("http://127.0.0.1:8080", false).unwrap().0,
            "http://127.0.0.1:8080"
        );
        assert!(ServerUrl::parse("http://[::1]:8080/", false).is_ok());
        assert!(ServerUrl::parse("http://a.example", false).is_err());
        assert!(ServerUrl::parse("http://a.example", true).is_ok());
        assert!(ServerUrl::parse("ftp://a.example", true).is_err());
        assert!(ServerUrl::parse("nonsense", true).is_err());
    }
}
