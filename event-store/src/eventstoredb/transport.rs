//! One HTTP/2 connection to one node.
//!
//! Our own connector, because a packet must not wait for the acknowledgement of the one before it (`TCP_NODELAY`; without,
//! each call takes some 40 ms), and because a private authority, a user's certificate and no verification at all are all
//! things that connection strings may ask for.

use super::proto::gossip::gossip_client::GossipClient;
use super::proto::streams::streams_client::StreamsClient;
use super::settings::{Node, Security, Settings, Tls, Verify};
use hyper_util::rt::TokioIo;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint, Uri};
use upkeep_world::World;

/// How long a connection may take to be there, its TLS handshake included.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);
/// What one call may have on its way to us before it waits, in bytes: one large event.
const CALL_WINDOW: u32 = 2 * 1024 * 1024;
/// The same of the whole connection: a subscription that is not read keeps no other call waiting.
const CONNECTION_WINDOW: u32 = 16 * 1024 * 1024;
/// The largest message from a server: an event that somebody else wrote may be larger than ours.
const MAX_MESSAGE_BYTES: usize = 17 * 1024 * 1024;

/// A connection may be encrypted.
trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

/// How connections are made.
#[derive(Clone)]
pub struct Transport {
    tls: Option<TlsConnector>,
    keep_alive_every: Option<Duration>,
    keep_alive_patience: Duration,
    world: World,
}

impl Transport {
    /// Reads the files that the settings name. Nothing is connected yet.
    pub fn new(settings: &Settings, world: World) -> Result<Self, String> {
        let tls = match &settings.security {
            Security::Plain => None,
            Security::Tls(tls) => Some(TlsConnector::from(Arc::new(client_config(tls)?))),
        };
        Ok(Self {
            tls,
            keep_alive_every: settings.keep_alive_every,
            keep_alive_patience: settings.keep_alive_patience,
            world,
        })
    }

    /// Connects to a node. The error says what did not work, without a password.
    pub async fn connect(&self, node: &Node) -> Result<Channel, String> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let uri = |scheme: &str| {
            format!("{scheme}://{node}")
                .parse::<Uri>()
                .map_err(|error| format!("{node}: {error}"))
        };
        // The library must not encrypt what we encrypt; what each call says of itself is the origin.
        let mut endpoint = Endpoint::from(uri("http")?)
            .origin(uri(scheme)?)
            .initial_stream_window_size(CALL_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .keep_alive_timeout(self.keep_alive_patience)
            .keep_alive_while_idle(true);
        if let Some(every) = self.keep_alive_every {
            endpoint = endpoint.http2_keep_alive_interval(every);
        }
        let (tls, to) = (self.tls.clone(), node.clone());
        let connector = tower::service_fn(move |_: Uri| open(tls.clone(), to.clone()));
        let connecting = endpoint.connect_with_connector(connector);
        match self.world.within(CONNECT_PATIENCE, connecting).await {
            Ok(Ok(channel)) => Ok(channel),
            Ok(Err(error)) => Err(format!("{node}: {}", root_cause(&error))),
            Err(_) => Err(format!(
                "{node}: no connection in {} seconds",
                CONNECT_PATIENCE.as_secs()
            )),
        }
    }
}

pub fn streams(channel: Channel) -> StreamsClient<Channel> {
    StreamsClient::new(channel).max_decoding_message_size(MAX_MESSAGE_BYTES)
}

pub fn gossip(channel: Channel) -> GossipClient<Channel> {
    GossipClient::new(channel)
}

async fn open(tls: Option<TlsConnector>, node: Node) -> io::Result<TokioIo<Box<dyn Bytes>>> {
    let host = node.host.trim_matches(['[', ']']).to_owned();
    let stream = TcpStream::connect((host.as_str(), node.port)).await?;
    stream.set_nodelay(true)?;
    let bytes: Box<dyn Bytes> = match tls {
        None => Box::new(stream),
        Some(tls) => {
            let name = ServerName::try_from(host).map_err(io::Error::other)?;
            Box::new(tls.connect(name, stream).await?)
        }
    };
    Ok(TokioIo::new(bytes))
}

/// The innermost error: the outer ones say only that there was one.
pub fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}

fn client_config(tls: &Tls) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let builder = match tls.verify {
        Verify::Yes => builder.with_root_certificates(authorities(tls.authority.as_deref())?),
        Verify::No => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody(provider))),
    };
    let mut config = match &tls.user {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let key_of_user = PrivateKeyDer::from_pem_file(key)
                .map_err(|error| format!("userKeyFile {}: {error}", key.display()))?;
            builder
                .with_client_auth_cert(certificates(certificate)?, key_of_user)
                .map_err(|error| format!("userCertFile {}: {error}", certificate.display()))?
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(config)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let unreadable = |error| format!("{}: {error}; it must be a PEM file", path.display());
    CertificateDer::pem_file_iter(path)
        .map_err(unreadable)?
        .collect::<Result<_, _>>()
        .map_err(unreadable)
}

fn authorities(file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = file {
        for certificate in certificates(path)? {
            let added = roots.add(certificate);
            added.map_err(|error| format!("tlsCaFile {}: {error}", path.display()))?;
        }
        if roots.is_empty() {
            return Err(format!("tlsCaFile {} has no certificate", path.display()));
        }
        return Ok(roots);
    }
    let native = rustls_native_certs::load_native_certs();
    for error in native.errors {
        tracing::warn!(%error, "some of this machine's certificate authorities cannot be read");
    }
    // One that cannot be used is one that is not trusted.
    let (_, _) = roots.add_parsable_certificates(native.certs);
    Ok(roots)
}

/// Takes every certificate, as `tlsVerifyCert=false` asks.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
