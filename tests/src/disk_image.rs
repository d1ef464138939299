//! A disk whose power a test can cut: an ext4 file system in a file, and a copy of that file as a machine would find it afterwards.
//!
//! The file system commits nothing by itself for ten minutes, so a copy holds what programs synced, and nothing else.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted image; it is unmounted with the test.
pub struct DiskImage {
    folder: tempfile::TempDir,
    mount: PathBuf,
}

impl DiskImage {
    /// What this machine lacks for it, in words: root, `mkfs.ext4`, loop devices.
    pub fn lacks() -> Option<String> {
        let folder = memory();
        let image = Self { mount: folder.path().join("mount"), folder };
        std::fs::create_dir(&image.mount).expect("a folder");
        image.make().and_then(|()| image.attach()).err()
    }

    /// Makes a disk and mounts it on a new folder.
    pub fn mounted_on(mount: PathBuf) -> Self {
        std::fs::create_dir(&mount).expect("a folder to mount on");
        let image = Self { mount, folder: memory() };
        image.make().and_then(|()| image.attach()).expect("a mounted image");
        std::fs::remove_dir(image.mount.join("lost+found")).expect("mkfs made it");
        image.sync();
        image
    }

    /// Makes durable what is there now.
    pub fn sync(&self) {
        run("sync", &["-f".as_ref(), &self.mount]).expect("sync");
    }

    /// Copies the disk as it would be found if the power went now. Nobody may be writing: stop them first.
    pub fn cut(&self) -> PowerCut {
        run("cp", &["--sparse=always".as_ref(), &self.file(), &self.cut_file()]).expect("a copy of the disk");
        PowerCut(())
    }

    /// Mounts the disk as the cut left it. Whoever used it must have ended.
    pub fn restart_after(&mut self, _cut: PowerCut) {
        run("umount", &[&self.mount]).expect("unmounted");
        std::fs::rename(self.cut_file(), self.file()).expect("the copy takes its place");
        self.attach().expect("mounted again");
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("disk.img")
    }

    fn cut_file(&self) -> PathBuf {
        self.folder.path().join("cut.img")
    }

    fn make(&self) -> Result<(), String> {
        let file = std::fs::File::create(self.file()).expect("a file");
        file.set_len(96 << 20).expect("its size");
        let options = ["-q", "-E", "lazy_itable_init=0,lazy_journal_init=0"].map(Path::new);
        run("mkfs.ext4", &[&options[..], &[&self.file()]].concat())
    }

    fn attach(&self) -> Result<(), String> {
        run("mount", &["-o".as_ref(), "loop,commit=600".as_ref(), &self.file(), &self.mount])
    }
}

impl Drop for DiskImage {
    fn drop(&mut self) {
        // A child of a failed test may still hold it for a moment; lazily it goes as soon as that one is gone.
        let _ = Command::new("umount").arg("-l").arg(&self.mount).output();
    }
}

/// A copy that waits to take the disk's place.
pub struct PowerCut(());

/// A folder in memory, so that the image itself costs no disk.
fn memory() -> tempfile::TempDir {
    let shm = Path::new("/dev/shm");
    let made = if shm.is_dir() { tempfile::tempdir_in(shm) } else { tempfile::tempdir() };
    made.expect("a temporary directory")
}

fn run(program: &str, args: &[&Path]) -> Result<(), String> {
    let output = Command::new(program).args(args).output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}
