//! `dkim make`: a key, and the DNS record that lets others check it. Needs neither configuration nor
//! database.

use std::borrow::Cow;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};

use super::usage;
use crate::config::{is_dns_name, parse_mailbox};
use crate::locale::say_plain;
use crate::mail::dkim::{Algorithm, SigningKey};

/// A string of a TXT record holds 255 bytes at most (RFC 1035 section 3.3).
const TXT_STRING_LEN: usize = 255;

#[derive(Subcommand)]
pub enum DkimCommand {
    /// Make a key, and print its DNS record and settings
    Make(MakeArgs),
}

#[derive(Args)]
pub struct MakeArgs {
    /// The domain that signs. Default: DKIM_DOMAIN, or the domain of MAIL_FROM
    #[arg(long)]
    domain: Option<String>,
    /// The part of the record's name before ._domainkey. Default: postrider, or postrider-ed25519
    #[arg(long)]
    selector: Option<String>,
    /// All receivers check rsa; few check ed25519
    #[arg(long = "type", value_enum, default_value_t = KeyType::Rsa)]
    key_type: KeyType,
    /// The file for the key, which must not exist yet. Default: data/dkim-SELECTOR.pem
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KeyType {
    Rsa,
    Ed25519,
}

pub fn run(DkimCommand::Make(args): DkimCommand) -> anyhow::Result<()> {
    let domain = args.domain.or_else(domain_of_environment);
    let domain = domain.ok_or_else(|| usage(say_plain("command-dkim-domain-missing")))?;
    let domain = domain.trim().to_ascii_lowercase();
    if !is_dns_name(&domain, 2) {
        let quoted = format!("{domain:?}");
        return Err(usage(say_plain("command-dkim-domain-wrong").with("quoted", quoted)));
    }
    let (algorithm, default_selector) = match args.key_type {
        KeyType::Rsa => (Algorithm::Rsa, "postrider"),
        KeyType::Ed25519 => (Algorithm::Ed25519, "postrider-ed25519"),
    };
    let selector = args.selector.unwrap_or_else(|| default_selector.to_owned());
    if !is_dns_name(&selector, 1) {
        let quoted = format!("{selector:?}");
        return Err(usage(say_plain("command-dkim-selector-wrong").with("quoted", quoted)));
    }
    let path = args.out.unwrap_or_else(|| PathBuf::from(format!("data/dkim-{selector}.pem")));
    let path = std::path::absolute(&path).with_context(|| path.display().to_string())?;

    let (key, pem) = SigningKey::generate(algorithm)?;
    let name = format!("{selector}._domainkey.{domain}");
    let value = key.record()?;
    let strings: Vec<Cow<str>> =
        value.as_bytes().chunks(TXT_STRING_LEN).map(String::from_utf8_lossy).collect();
    write_key(&path, &pem)?;

    let settings = [
        ("DKIM_DOMAIN", domain.clone()),
        ("DKIM_SELECTOR", selector),
        ("DKIM_KEY_FILE", path.display().to_string()),
    ];
    let quoted: Vec<String> = strings.iter().map(|part| format!("\"{part}\"")).collect();
    let zone_line = format!("{name}. IN TXT ( {} )", quoted.join(" "));
    if args.json {
        let environment: serde_json::Map<String, serde_json::Value> =
            settings.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let result = serde_json::json!({
            "record_name": name,
            "record_value": value,
            "record_strings": strings,
            "zone_line": zone_line,
            "environment": environment,
        });
        println!("{}", serde_json::to_string_pretty(&result)?);
        return Ok(());
    }
    println!("{}\n", say_plain("command-dkim-made").with("file", path.display().to_string()));
    println!("{}\n\n{zone_line}\n", say_plain("command-dkim-publish"));
    println!("{}\n\n{value}\n", say_plain("command-dkim-publish-form").with("name", name));
    println!("{}\n", say_plain("command-dkim-set"));
    for (name, value) in settings {
        println!("{name}={}", if value.contains(' ') { format!("\"{value}\"") } else { value });
    }
    if algorithm == Algorithm::Ed25519 {
        eprintln!("\n{}", say_plain("command-dkim-add-rsa"));
    }
    Ok(())
}

/// What the settings say of the domain, if they do.
fn domain_of_environment() -> Option<String> {
    // What is wrong in .env is for the commands that need it to say.
    let _ = dotenvy::dotenv();
    let set = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    set("DKIM_DOMAIN").or_else(|| Some(parse_mailbox(set("MAIL_FROM")?.trim())?.email.domain().to_owned()))
}

/// Writes a new file for nobody else's eyes.
fn write_key(path: &Path, pem: &str) -> anyhow::Result<()> {
    let shown = path.display().to_string();
    let context = || say_plain("command-dkim-unwritable").with("file", &shown).to_string();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(context)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(usage(say_plain("command-dkim-exists").with("file", &shown)));
        }
        opened => opened.with_context(context)?,
    };
    file.write_all(pem.as_bytes()).and_then(|()| file.sync_all()).with_context(context)
}
