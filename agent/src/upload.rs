//! Gives the server the bytes of a file: read anew, hashed anew, compressed beside, sent only if they are still the ones meant.

use crate::root::Root;
use crate::scan::meta::Meta;
use fieldpost_common::hash::{ContentHash, Hasher};
use fieldpost_common::name::PatchName;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// A compressed copy, ready to be sent. Its file goes away with it.
#[derive(Debug)]
pub struct Parcel {
    path: PathBuf,
    size: u64,
    hash: ContentHash,
}

impl Drop for Parcel {
    fn drop(&mut self) {
        // Left-overs are cleared away at the next start.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Packs a patch if it still has the hash; `None`: it changed.
pub fn pack(root: &Root, patch: &PatchName, sha256: ContentHash, dir: &Path) -> io::Result<Option<Parcel>> {
    let (file, before) = match root.open_patch(patch) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if !before.is_plain() {
        return Ok(None);
    }
    std::fs::create_dir_all(dir)?;
    let mut parcel = Parcel { path: dir.join(format!("{sha256}.zst")), size: 0, hash: sha256 };
    let (found, file, packed) = compress(file, before.size, &parcel.path)?;
    if found != sha256 || Meta::of(&file)? != before {
        return Ok(None);
    }
    (parcel.size, parcel.hash) = (packed.size(), packed.finish());
    Ok(Some(parcel))
}

/// Packs what an open file gives from here on, if it has the hash; `None`: it hasn't.
pub fn pack_open(file: File, size: u64, sha256: ContentHash, dir: &Path) -> io::Result<Option<Parcel>> {
    std::fs::create_dir_all(dir)?;
    let mut parcel = Parcel { path: dir.join(format!("{sha256}.zst")), size: 0, hash: sha256 };
    let (found, _, packed) = compress(file, size, &parcel.path)?;
    if found != sha256 {
        return Ok(None);
    }
    (parcel.size, parcel.hash) = (packed.size(), packed.finish());
    Ok(Some(parcel))
}

/// Hashes what goes through it.
struct Hashing<W> {
    inner: W,
    hasher: Hasher,
}

impl<W: io::Write> io::Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The hash of what was read, the file, and the hash of what was written.
fn compress(file: File, size: u64, to: &Path) -> io::Result<(ContentHash, File, Hasher)> {
    let mut out = zstd::Encoder::new(Hashing { inner: File::create(to)?, hasher: Hasher::new() }, 3)?;
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut input = file.take(size.saturating_add(1));
    loop {
        let read = input.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        out.write_all(&buffer[..read])?;
    }
    let packed = out.finish()?;
    Ok((hasher.finish(), input.into_inner(), packed.hasher))
}

impl Parcel {
    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hash of its bytes as they travel.
    pub fn hash(&self) -> ContentHash {
        self.hash
    }

    /// Its bytes, read while they are sent.
    pub async fn body(&self) -> io::Result<reqwest::Body> {
        use tokio::io::AsyncReadExt as _;
        let file = tokio::fs::File::open(&self.path).await?;
        let stream = futures_util::stream::try_unfold(file, |mut file| async move {
            let mut buffer = bytes::BytesMut::with_capacity(64 * 1024);
            let read = file.read_buf(&mut buffer).await?;
            Ok::<_, io::Error>((read > 0).then(|| (buffer.freeze(), file)))
        });
        Ok(reqwest::Body::wrap_stream(stream))
    }
}
