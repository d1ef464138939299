//! The certificate that the server shows: read from PEM files, and anew when told.

use crate::config::Tls;
use rustls::ServerConfig;
use rustls::pki_types::pem::{Error as PemError, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use tokio_rustls::TlsAcceptor;

/// A certificate with its key. Clones show the same one.
#[derive(Clone)]
pub(crate) struct Certificate {
    files: Tls,
    config: Arc<RwLock<Arc<ServerConfig>>>,
}

impl Certificate {
    /// Reads the files.
    pub(crate) fn load(files: Tls) -> io::Result<Self> {
        let config = read(&files)?;
        Ok(Self { files, config: Arc::new(RwLock::new(config)) })
    }

    /// Reads the files anew; when they can't be used, what was shown before stays.
    pub(crate) fn reload(&self) -> io::Result<()> {
        let config = read(&self.files)?;
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

/// The certificate in a PEM file, followed by what leads to its root.
pub(crate) fn chain(file: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    let chain = CertificateDer::pem_file_iter(file).map_err(unusable)?.collect::<Result<Vec<_>, _>>().map_err(unusable)?;
    if chain.is_empty() { Err(io::Error::other("there is no certificate in it")) } else { Ok(chain) }
}

fn unusable(error: PemError) -> io::Error {
    match error {
        PemError::Io(error) => error,
        error => io::Error::other(error.to_string()),
    }
}

fn read(files: &Tls) -> io::Result<Arc<ServerConfig>> {
    let chain = chain(&files.cert)?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(unusable)?;
    let mut config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
