//! `fieldpost badge`: the icon that shows how sites are, for wikis and trackers.

use super::failure::Failure;
use super::scope::{Scope, words};
use super::talk::Talk;
use crate::session::Session;
use fieldpost_common::api::Badge;
use fieldpost_common::exit;
use serde_json::{Value, json};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    scope: Scope,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// The icons that were given out
    List,
    /// Void an icon's address
    Remove {
        /// The key in its address
        key: String,
    },
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let client = &session.client;
    match args.verb {
        None => {
            let badge = client.badge_add(&args.scope.chosen(session).await?).await?;
            talk.data(&shown(&badge, client.url()), || snippets(&badge, client.url()))?;
        }
        Some(Verb::List) => {
            let all = client.badges().await?;
            let line = |badge: &Badge| format!("{}  {}  by {}", links(badge, client.url()).0, words(&badge.scope), badge.by);
            let rows: Vec<Value> = all.iter().map(|badge| shown(badge, client.url())).collect();
            talk.data(&json!({ "badges": rows }), || all.iter().map(line).collect::<Vec<_>>().join("\n"))?;
            if all.is_empty() && !talk.json() {
                talk.say("no icon was given out; `fieldpost badge` makes one");
            }
        }
        Some(Verb::Remove { key }) => {
            client.badge_remove(&key).await?;
            talk.data(&json!({ "key": key, "removed": true }), || "the icon's address is void".to_owned())?;
        }
    }
    Ok(exit::OK)
}

/// The addresses of the picture and of the page behind it.
fn links(badge: &Badge, url: &str) -> (String, String) {
    let url = url.trim_end_matches('/');
    (format!("{url}/badge/{}.svg", badge.key), format!("{url}/status/{}", badge.key))
}

fn html(badge: &Badge, url: &str) -> String {
    let (icon, page) = links(badge, url);
    format!("<a href=\"{page}\"><img src=\"{icon}\" alt=\"fieldpost: {}\"></a>", words(&badge.scope))
}

fn markdown(badge: &Badge, url: &str) -> String {
    let (icon, page) = links(badge, url);
    format!("[![fieldpost: {}]({icon})]({page})", words(&badge.scope))
}

fn shown(badge: &Badge, url: &str) -> Value {
    let (icon, page) = links(badge, url);
    json!({
        "key": badge.key,
        "scope": badge.scope,
        "by": badge.by,
        "created": badge.created,
        "icon": icon,
        "shields": icon.replace(".svg", ".json"),
        "page": page,
        "html": html(badge, url),
        "markdown": markdown(badge, url),
    })
}

fn snippets(badge: &Badge, url: &str) -> String {
    let (icon, page) = links(badge, url);
    let of = words(&badge.scope);
    let (html, markdown) = (html(badge, url), markdown(badge, url));
    format!(
        "{icon}\n\nThe icon for {of}. Whoever has its address sees how they are.\nPage      {page}\nHTML      {html}\nMarkdown  {markdown}"
    )
}
