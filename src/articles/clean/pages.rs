//! The page for people that an embedded player's address stands for.

use url::Url;

/// What one does there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Watch,
    Listen,
    Open,
}

/// A page, and the picture that its address gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlayerPage {
    pub(super) url: Url,
    pub(super) picture: Option<Url>,
    pub(super) verb: Verb,
}

impl PlayerPage {
    pub(super) fn new(url: Url, picture: Option<Url>, verb: Verb) -> PlayerPage {
        PlayerPage { url, picture, verb }
    }
}

/// The page of any address in a frame; `None` for what only counts or advertises.
pub(super) fn page_of(source: &Url) -> Option<PlayerPage> {
    const NOTHING_TO_SEE: [&str; 6] = [
        "googletagmanager.com",
        "doubleclick.net",
        "googlesyndication.com",
        "google-analytics.com",
        "amazon-adsystem.com",
        "adservice.google.com",
    ];
    let host = source.host_str()?;
    let is_nothing = NOTHING_TO_SEE
        .iter()
        .any(|name| host == *name || host.strip_suffix(name).is_some_and(|sub| sub.ends_with('.')));
    if is_nothing {
        return None;
    }
    Some(known_page(source).unwrap_or_else(|| PlayerPage::new(source.clone(), None, Verb::Open)))
}

/// The page of an address that belongs to a player that is known.
pub(super) fn known_page(source: &Url) -> Option<PlayerPage> {
    let host = source.host_str()?;
    let host = ["www.", "m."].iter().find_map(|start| host.strip_prefix(start)).unwrap_or(host);
    let segments: Vec<&str> = source.path_segments()?.filter(|part| !part.is_empty()).collect();
    let query = |wanted: &str| {
        let found =
            source.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
        found.filter(|value| !value.is_empty())
    };
    let page = |address: String, verb| Some(PlayerPage::new(Url::parse(&address).ok()?, None, verb));
    let itself = |verb| Some(PlayerPage::new(source.clone(), None, verb));
    // What a site's own player is told to play, where that is on the web.
    let told = |name: &str, verb| {
        let url = query(name).and_then(|address| Url::parse(&address).ok());
        url.filter(|url| matches!(url.scheme(), "http" | "https")).map(|url| PlayerPage::new(url, None, verb))
    };
    match (host, segments.as_slice()) {
        ("youtube.com" | "youtube-nocookie.com" | "youtu.be" | "music.youtube.com", _) => {
            Some(youtube_page(source, &segments, query))
        }
        ("player.vimeo.com" | "vimeo.com", ["video", id, ..] | [id]) if is_number(id) => match query("h") {
            Some(hash) => page(format!("https://vimeo.com/{id}/{hash}"), Verb::Watch),
            None => page(format!("https://vimeo.com/{id}"), Verb::Watch),
        },
        ("player.vimeo.com" | "vimeo.com", _) => itself(Verb::Watch),
        ("dailymotion.com", ["embed", "video", id] | ["video", id]) => dailymotion(id),
        ("geo.dailymotion.com", _) => dailymotion(&query("video")?),
        ("open.spotify.com", ["embed" | "embed-podcast", rest @ ..]) if !rest.is_empty() => {
            page(format!("https://open.spotify.com/{}", rest.join("/")), Verb::Listen)
        }
        ("w.soundcloud.com", _) => told("url", Verb::Listen)
            .filter(|page| page.url.host_str() == Some("soundcloud.com"))
            .or(itself(Verb::Listen)),
        ("embed.podcasts.apple.com" | "embed.music.apple.com", _) => {
            let site = host.trim_start_matches("embed.");
            page(format!("https://{site}{}", source.path()), Verb::Listen)
        }
        ("player.twitch.tv", _) => match (query("channel"), query("video")) {
            (Some(channel), _) => page(format!("https://www.twitch.tv/{channel}"), Verb::Watch),
            (_, Some(video)) => {
                page(format!("https://www.twitch.tv/videos/{}", video.trim_start_matches('v')), Verb::Watch)
            }
            _ => itself(Verb::Watch),
        },
        ("facebook.com", ["plugins", "video.php"]) => told("href", Verb::Watch).or(itself(Verb::Watch)),
        ("facebook.com", ["plugins", ..]) => told("href", Verb::Open).or(itself(Verb::Open)),
        ("tiktok.com", ["embed", .., id]) if is_number(id) => {
            page(format!("https://www.tiktok.com/@/video/{id}"), Verb::Watch)
        }
        ("instagram.com", [kind @ ("p" | "reel"), id, "embed", ..]) => {
            page(format!("https://www.instagram.com/{kind}/{id}/"), Verb::Open)
        }
        ("platform.twitter.com", _) => {
            page(format!("https://twitter.com/i/status/{}", query("id")?), Verb::Open)
        }
        ("archive.org", ["embed", id, ..]) => page(format!("https://archive.org/details/{id}"), Verb::Open),
        ("omny.fm" | "embed.acast.com" | "bandcamp.com" | "anchor.fm" | "player.simplecast.com", _) => {
            itself(Verb::Listen)
        }
        (
            "videopress.com" | "fast.wistia.net" | "fast.wistia.com" | "player.bilibili.com" | "rumble.com",
            _,
        ) => itself(Verb::Watch),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn dailymotion(id: &str) -> Option<PlayerPage> {
    let fits = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric());
    let url = |path: &str| Url::parse(&format!("https://www.dailymotion.com/{path}/{id}")).ok();
    fits.then_some(())?;
    Some(PlayerPage::new(url("video")?, url("thumbnail/video"), Verb::Watch))
}

/// The page of a video, a playlist, a channel's live stream, or, where the address names none, itself.
fn youtube_page(source: &Url, segments: &[&str], query: impl Fn(&str) -> Option<String>) -> PlayerPage {
    let site = |path: String| Url::parse("https://www.youtube.com").ok()?.join(&path).ok();
    let is_name = |text: &String| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'@' | b'.'))
    };
    let list = query("list").filter(is_name);
    let channel = query("channel").filter(is_name);
    let found = match (segments, list, channel) {
        (["embed", "live_stream", ..], _, Some(channel)) => site(format!("/channel/{channel}/live")),
        (["embed", "live_stream", ..] | [], _, None) => None,
        (["embed"], Some(list), _) if query("listType").as_deref() == Some("user_uploads") => {
            site(format!("/@{}", list.trim_start_matches('@')))
        }
        (["embed", "videoseries", ..] | ["embed"] | ["playlist", ..], Some(list), _) => {
            site(format!("/playlist?list={list}"))
        }
        (["embed", "videoseries", ..] | ["embed"] | ["playlist", ..], None, _) => None,
        _ => {
            let id = query("v")
                .or_else(|| segments.last().map(|last| last.chars().take_while(|c| *c != '&').collect()));
            if let Some(id) = id.filter(|id| is_youtube_id(id)) {
                let start = query("start").or_else(|| query("t"));
                let start = start
                    .and_then(|time| time.trim_end_matches('s').parse::<u32>().ok())
                    .filter(|at| *at > 0);
                let start = start.map_or(String::new(), |at| format!("&t={at}s"));
                let picture = Url::parse(&format!("https://i.ytimg.com/vi/{id}/hqdefault.jpg")).ok();
                let url = site(format!("/watch?v={id}{start}")).unwrap_or_else(|| source.clone());
                return PlayerPage::new(url, picture, Verb::Watch);
            }
            None
        }
    };
    PlayerPage::new(found.unwrap_or_else(|| source.clone()), None, Verb::Watch)
}

/// Whether a text has the shape of a video's name. Two words of YouTube's own addresses have it by chance.
pub(super) fn is_youtube_id(id: &str) -> bool {
    id.len() == 11
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && !matches!(id, "videoseries" | "live_stream")
}
