//! A server that shows such a certificate.

use super::certificates::pem;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A server with that certificate, and its authority as PEM.
pub fn certificates() -> (TlsAcceptor, Vec<u8>) {
    let [chain, key, authority] = pem();
    let chain = CertificateDer::pem_slice_iter(&chain).map(Result::unwrap).collect();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from_pem_slice(&key).unwrap())
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), authority)
}
