//! What the archive is searched by: the words of what was sent, without anything of one reader.

use crate::app::App;
use crate::db::archive::{self, Unsearchable};
use crate::domain::text::single_line;
use crate::mail::content::{self, Content};

/// What is searched of one mail, in characters.
const TEXT_CHARS_MAX: usize = 20_000;
/// The line or two that stand for it in feeds and with search engines.
const SUMMARY_CHARS_MAX: usize = 300;
/// Campaigns of one transaction.
const AT_ONCE: i64 = 20;

/// Makes some campaigns of the archive fit to be found. True where more wait.
pub async fn index(app: &App) -> anyhow::Result<bool> {
    let mut tx = app.db.read().await?;
    let found = archive::without_text(&mut tx, AT_ONCE).await?;
    drop(tx);
    if found.is_empty() {
        return Ok(false);
    }
    let mut tx = app.db.write().await?;
    for campaign in &found {
        let (text, summary) = searched(campaign);
        archive::set_text(&mut tx, campaign.id, &text, &summary).await?;
    }
    tx.commit().await?;
    Ok(found.len() as i64 == AT_ONCE)
}

/// A text as it is searched, and as somebody searches: in lower case, one space between words.
pub fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn searched(campaign: &Unsearchable) -> (String, String) {
    let content: Option<Content> =
        campaign.mail_content.as_deref().and_then(|stored| serde_json::from_str(stored).ok());
    let (text, summary) = match &content {
        None => (String::new(), String::new()),
        Some(content) => {
            let text = content::public_line(content, &content.text);
            // Addresses are nobody's words, and slots are a reader's.
            let is_word = |word: &&str| !word.contains("://") && !word.contains("%%POSTRIDER");
            let text = text.split_whitespace().filter(is_word).collect::<Vec<_>>().join(" ");
            (text, content::public_line(content, &content.preheader))
        }
    };
    let whole = folded(&format!("{} {} {text}", campaign.subject, campaign.author));
    let summary = single_line(if summary.trim().is_empty() { &text } else { &summary });
    (whole.chars().take(TEXT_CHARS_MAX).collect(), summary.chars().take(SUMMARY_CHARS_MAX).collect())
}
