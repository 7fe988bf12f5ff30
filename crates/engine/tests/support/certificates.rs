//! A certificate of an authority that nobody knows.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate for `localhost`: its chain, its key and its authority, as PEM.
pub fn pem() -> [Vec<u8>; 3] {
    let folder = tempfile::tempdir().unwrap();
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers/bin/python");
    let made = Command::new(python)
        .args(["-m", "trustme", "-q", "-i", "localhost", "-d"])
        .arg(folder.path())
        .status();
    assert!(made.unwrap().success(), "`cargo xtask setup` installs trustme");
    ["server.pem", "server.key", "client.pem"].map(|name| std::fs::read(folder.path().join(name)).unwrap())
}

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
