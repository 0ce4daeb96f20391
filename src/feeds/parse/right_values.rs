//! Feeds in the shapes that people write, each with its right values beside it: `tests/fixtures/feeds/right`. Figures
//! of the whole are printed with `--nocapture`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use url::Url;

use super::parse;
use crate::articles::text;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/feeds/right")
}

/// How many values of a kind were right, of how many.
type Rates = BTreeMap<&'static str, (usize, usize)>;

struct ValueJudge {
    name: String,
    rates: Rates,
    wrong: Vec<String>,
}

impl ValueJudge {
    fn say(&mut self, kind: &'static str, is_right: bool, what: impl FnOnce() -> String) {
        let (right, all) = self.rates.entry(kind).or_default();
        *right += usize::from(is_right);
        *all += 1;
        if !is_right {
            self.wrong.push(format!("{} {kind}: {}", self.name, what()));
        }
    }

    fn item(&mut self, at: usize, wanted: &Value, item: &Value) {
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let html = [&item["content_html"], &item["summary_html"]].map(word);
        let html = html.into_iter().find(|html| !html.is_empty()).unwrap_or_default();
        for (name, value) in wanted.as_object().unwrap() {
            let (kind, found) = match name.as_str() {
                "title" => ("titles", word(&item["title"])),
                "author" => ("authors", word(&item["author"])),
                "published" => ("dates", word(&item["published_at"])),
                "updated" => ("dates", word(&item["updated_at"])),
                "link" => ("links", word(&item["link"])),
                "guid" => ("links", word(&item["guid"])),
                "image" => ("files", word(&item["image"]["url"])),
                "enclosure" => ("files", word(&item["enclosure"]["url"])),
                "body" => ("bodies", text::plain_text(&html)),
                "categories" => {
                    let found = &item["categories"];
                    self.say("categories", value == found, || format!("{at} {value}, not {found}"));
                    continue;
                }
                "html" | "not_html" => {
                    for part in value.as_array().unwrap().iter().map(word) {
                        let is_right = html.contains(&part) == (name == "html");
                        self.say("html", is_right, || format!("{at} {name} {part:?}: {html}"));
                    }
                    continue;
                }
                other => panic!("{}: what is {other}?", self.name),
            };
            let wanted = word(value).split_whitespace().collect::<Vec<_>>().join(" ");
            self.say(kind, wanted == found, || format!("{at} {name} {wanted:?}, not {found:?}"));
        }
    }

    fn feed(&mut self, path: &Path, wanted: &Value) {
        let from = wanted["from"].as_str().unwrap_or("https://harbour.example/feed/");
        let found =
            parse(&std::fs::read(path).unwrap(), wanted["content_type"].as_str(), &Url::parse(from).unwrap());
        if let Some(why) = wanted["refused"].as_str() {
            let found = found.err().map(|error| format!("{error:?}"));
            return self.say("refused", found.as_deref() == Some(why), || format!("{why}, not {found:?}"));
        }
        let feed = match found {
            Ok(feed) => serde_json::to_value(&feed).unwrap(),
            Err(error) => return self.say("accepted", false, || format!("{error:?}")),
        };
        let (items, wanted_items) = (feed["items"].as_array().unwrap(), wanted["items"].as_array().unwrap());
        self.say("accepted", items.len() == wanted_items.len(), || format!("{} items", items.len()));
        if let Some(title) = wanted["title"].as_str() {
            self.say("titles", feed["title"] == *title, || {
                format!("of the feed {title:?}, not {}", feed["title"])
            });
        }
        for (at, (wanted, item)) in wanted_items.iter().zip(items).enumerate() {
            self.item(at, wanted, item);
        }
    }
}

#[test]
fn every_feed_gives_its_right_values() {
    let mut all: Vec<(String, Rates)> = Vec::new();
    let mut wrong = Vec::new();
    let mut files = 0;
    for entry in std::fs::read_dir(folder()).unwrap().flatten() {
        let kind = entry.file_name().into_string().unwrap();
        let mut judge = ValueJudge { name: String::new(), rates: Rates::new(), wrong: Vec::new() };
        for entry in std::fs::read_dir(entry.path()).unwrap().flatten() {
            let path = entry.path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if name.ends_with(".want.json") {
                continue;
            }
            let stem = path.file_stem().unwrap().to_str().unwrap();
            let beside = std::fs::read(path.with_file_name(format!("{stem}.want.json"))).unwrap();
            judge.name = format!("{kind}/{name}");
            judge.feed(&path, &serde_json::from_slice(&beside).unwrap());
            files += 1;
        }
        all.push((kind, judge.rates));
        wrong.extend(judge.wrong);
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    for (kind, rates) in &all {
        println!("{kind}: {rates:?}");
    }
    wrong.sort();
    assert!(files >= 300 && wrong.is_empty(), "{files} files, {} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
