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
    let mut parcel = Parcel { path: dir.join(format!("{sha256}.zst")), size: 0 };
    let (found, file) = compress(file, before.size, &parcel.path)?;
    if found != sha256 || Meta::of(&file)? != before {
        return Ok(None);
    }
    parcel.size = std::fs::metadata(&parcel.path)?.len();
    Ok(Some(parcel))
}

fn compress(file: File, size: u64, to: &Path) -> io::Result<(ContentHash, File)> {
    let mut out = zstd::Encoder::new(File::create(to)?, 3)?;
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
    out.finish()?;
    Ok((hasher.finish(), input.into_inner()))
}

impl Parcel {
    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
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
