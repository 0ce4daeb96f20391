//! Whether domains take mail, as DNS says: asked in the background, remembered for a while. Where DNS does not answer, or
//! knows nothing at all, every domain does: nobody waits for it, and nobody is left out because a resolver is away.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};

use crate::domain::doubtful_address::is_reserved;

/// How long an answer is believed.
const TAKES_FOR: Duration = Duration::from_secs(60 * 60);
const TAKES_NONE_FOR: Duration = Duration::from_secs(10 * 60);
const UNANSWERED_FOR: Duration = Duration::from_secs(60);
/// Domains that are remembered.
const KNOWN_MAX: usize = 10_000;
/// Domains that are asked about at once. What is one too many is not asked about.
const ASKED_MAX: usize = 64;
/// For all that is asked about one domain.
const WITHIN: Duration = Duration::from_secs(4);
/// A name that every resolver knows which knows anything.
const SURE_NAME: &str = "com.";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Asked,
    Takes,
    TakesNone,
    /// None came in time, or none that can be believed.
    Unanswered,
}

/// What is known of domains.
pub struct MailDomains {
    /// Instead of the system's resolvers.
    server: Option<SocketAddr>,
    resolver: OnceLock<Option<TokioResolver>>,
    known: Mutex<HashMap<String, (Answer, Instant)>>,
}

impl MailDomains {
    /// `server`: who is asked instead of the system's resolvers.
    pub fn new(server: Option<SocketAddr>) -> MailDomains {
        MailDomains { server, resolver: OnceLock::new(), known: Mutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, (Answer, Instant)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a domain takes mail; `None`: it is just being asked about. To be called within a runtime.
    pub fn takes_mail(self: &Arc<Self>, domain: &str) -> Option<bool> {
        if is_reserved(domain) {
            return Some(true);
        }
        let mut known = self.known();
        match known.get(domain) {
            Some((answer, until)) if *until > Instant::now() => match answer {
                Answer::Asked => return None,
                Answer::TakesNone => return Some(false),
                Answer::Takes | Answer::Unanswered => return Some(true),
            },
            _ => {}
        }
        let asked =
            known.values().filter(|(answer, until)| *answer == Answer::Asked && *until > Instant::now());
        if asked.count() >= ASKED_MAX {
            return Some(true);
        }
        if known.len() >= KNOWN_MAX {
            let now = Instant::now();
            known.retain(|_, (answer, until)| *until > now && *answer != Answer::TakesNone);
            if known.len() >= KNOWN_MAX {
                known.clear();
            }
        }
        known.insert(domain.to_owned(), (Answer::Asked, Instant::now() + WITHIN + UNANSWERED_FOR));
        drop(known);
        let (domains, domain) = (self.clone(), domain.to_owned());
        tokio::spawn(async move {
            let answer =
                tokio::time::timeout(WITHIN, domains.ask(&domain)).await.unwrap_or(Answer::Unanswered);
            let life = match answer {
                Answer::Takes => TAKES_FOR,
                Answer::TakesNone => TAKES_NONE_FOR,
                Answer::Asked | Answer::Unanswered => UNANSWERED_FOR,
            };
            domains.known().insert(domain, (answer, Instant::now() + life));
        });
        None
    }

    fn resolver(&self) -> Option<&TokioResolver> {
        let build = || {
            let mut builder = match self.server {
                Some(server) => {
                    let with_port = |mut connection: ConnectionConfig| {
                        connection.port = server.port();
                        connection
                    };
                    let connections =
                        [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(with_port).to_vec();
                    let server = NameServerConfig::new(server.ip(), true, connections);
                    let config = ResolverConfig::from_name_servers(vec![server]);
                    TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
                }
                None => TokioResolver::builder_tokio()?,
            };
            let options = builder.options_mut();
            (options.timeout, options.attempts, options.cache_size) = (Duration::from_millis(1500), 1, 256);
            builder.build()
        };
        let built = self.resolver.get_or_init(|| {
            let log = |error| tracing::warn!(error = %error, "DNS can't be asked which domains take mail");
            build().map_err(log).ok()
        });
        built.as_ref()
    }

    /// RFC 5321, section 5.1, and RFC 7505: an MX that names a host, or without any MX an address.
    async fn ask(&self, domain: &str) -> Answer {
        let Some(resolver) = self.resolver() else { return Answer::Unanswered };
        let name = format!("{domain}.");
        let takes_none = match resolver.mx_lookup(name.as_str()).await {
            Ok(found) => {
                let names_host = |data: &RData| matches!(data, RData::MX(mx) if !mx.exchange.is_root());
                !found.answers().iter().any(|record| names_host(&record.data))
            }
            Err(error) if error.is_nx_domain() => true,
            Err(error) if error.is_no_records_found() => match resolver.lookup_ip(name.as_str()).await {
                Ok(_) => false,
                Err(error) if error.is_no_records_found() => true,
                Err(_) => return Answer::Unanswered,
            },
            Err(_) => return Answer::Unanswered,
        };
        match takes_none {
            false => Answer::Takes,
            // A resolver without a network says of everything that there is no such thing.
            true if resolver.lookup(SURE_NAME, RecordType::NS).await.is_err() => Answer::Unanswered,
            true => Answer::TakesNone,
        }
    }
}
