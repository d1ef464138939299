//! `fieldpost`: reads the command line and hands over to the library; nothing is decided here.

use clap::Parser as _;
use fieldpost::cli::{self, Cli};
use std::process::ExitCode;

fn main() -> ExitCode {
    // Whoever came first has chosen the same provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("fieldpost: the system gives no threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(cli::run(cli));
    // A question that still waits for a key must not hold up the end.
    runtime.shutdown_background();
    ExitCode::from(code)
}
