//! Which relays' certificates are trusted: those that the web's authorities have signed, and what the
//! operator names in `SMTP_CA_FILE`, an authority of their own or a relay's certificate itself.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{WebPkiServerVerifier, verify_server_name};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme, crypto,
};

use crate::fetch::network;
use crate::locale::say_plain;

/// What encrypts sessions with relays. Fails where the file holds no certificate.
pub fn connector(ca_file: Option<&Path>) -> anyhow::Result<TlsConnector> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let mut named = Vec::new();
    if let Some(path) = ca_file {
        let file = path.display().to_string();
        let pem = std::fs::read(path)
            .with_context(|| say_plain("open-certificates-unreadable").with("file", &file).to_string())?;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.context("SMTP_CA_FILE")?;
            roots.add(certificate.clone()).context("SMTP_CA_FILE")?;
            named.push(certificate);
        }
        anyhow::ensure!(!named.is_empty(), "{}", say_plain("open-certificates-none").with("file", file));
    }
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let by_chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .context("TLS")?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("TLS")?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier { by_chain, named }))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Verifies as the web does, and forgives a certificate that the operator named, byte for byte, what is
/// wrong with nearly every one that OpenSSL makes unless told otherwise: that it calls itself an authority,
/// and that it names no host but in words. Its dates count, its names where it has some, and the relay must
/// hold its key.
#[derive(Debug)]
struct Verifier {
    by_chain: Arc<WebPkiServerVerifier>,
    named: Vec<CertificateDer<'static>>,
}

impl Verifier {
    fn is_forgiven(
        &self,
        why: &CertificateError,
        certificate: &CertificateDer<'_>,
        host: &ServerName<'_>,
    ) -> bool {
        if !self.named.contains(certificate) {
            return false;
        }
        match why {
            // By now its dates have been looked at, and its names have not.
            CertificateError::Other(other) if network::is_authority(other) => {
                let named = ParsedCertificate::try_from(certificate)
                    .and_then(|certificate| verify_server_name(&certificate, host));
                match named {
                    Ok(()) => true,
                    Err(Error::InvalidCertificate(why)) => is_without_names(&why),
                    Err(_) => false,
                }
            }
            // Only the names are left to look at where all else is right.
            why => is_without_names(why),
        }
    }
}

fn is_without_names(why: &CertificateError) -> bool {
    matches!(why, CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty())
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.by_chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(Error::InvalidCertificate(why)) if self.is_forgiven(&why, end_entity, server_name) => {
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.by_chain.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.by_chain.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.by_chain.supported_verify_schemes()
    }
}
