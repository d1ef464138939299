//! The server of the demo: started, stopped, backed up, restored.

use super::super::DemoError;
use super::super::until::until;
use super::World;
use super::process::{Ran, end, finish, text};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How soon the server hears of sites and of their silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Pace {
    /// As long as a person who plays with the demo needs.
    Calm,
    /// A silence is noticed within seconds.
    Quick,
}

impl Pace {
    fn config(self, mail_server: SocketAddr) -> String {
        let times = match self {
            Self::Calm => "[state]\nevery = \"5s\"\n[silence]\ngrace = \"20s\"\n",
            Self::Quick => "[poll]\nevery = \"1s\"\nwait = \"1s\"\n[state]\nevery = \"2s\"\n[silence]\ngrace = \"4s\"\n",
        };
        // One mail soon after the other makes the server gather longer for the next: from so little on that is still short.
        format!(
            "{times}[mail]\nsmtp = \"smtp://{mail_server}\"\nfrom = \"fieldpost@demo.example\"\nto = [\"support@demo.example\"]\ndigest = \"250ms\"\n"
        )
    }
}

impl World {
    /// Starts the server and logs its first developer in.
    pub(in super::super) async fn start_server(&mut self) -> Result<(), DemoError> {
        let url = format!("http://{}", self.address);
        let init = self.server_tool(&["init", "--data", "data", "--url", &url, "--user", "ada", "--json"]).await?.json()?;
        self.run_server(Pace::Calm).await?;
        self.cli(&["login", text(&init["login"])]).await?.ok().map(drop)
    }

    /// Runs the server on the data that are there, and waits until it listens.
    pub(in super::super) async fn run_server(&mut self, pace: Pace) -> Result<(), DemoError> {
        self.save(&self.path().join("server.toml"), pace.config(self.letterbox.address).as_bytes())?;
        let listen = self.address.to_string();
        let args = ["run", "--data", "data", "--listen", &listen, "--config", "server.toml"];
        self.start("server", self.command(&self.binaries.server, &args))?;
        let address = self.address;
        let mut server = self.processes.get_mut("server");
        until(async || {
            if let Some(Ok(Some(status))) = server.as_mut().map(|server| server.try_wait()) {
                return Err(DemoError::Check(format!("the server goes on running; it ended with {status}")));
            }
            let listens = TcpStream::connect_timeout(&address, Duration::from_millis(100)).is_ok();
            Ok(if listens { Ok(()) } else { Err("the server listens".to_owned()) })
        })
        .await
    }

    /// Asks the server to end, and waits until it has.
    pub(in super::super) fn stop_server(&mut self) {
        if let Some(mut server) = self.processes.remove("server") {
            end(&mut server);
        }
    }

    /// Runs `fieldpost-server` for something that ends: it must succeed.
    pub(in super::super) async fn server_tool(&self, args: &[&str]) -> Result<Ran, DemoError> {
        finish(self.command(&self.binaries.server, args)).await?.ok()
    }
}
