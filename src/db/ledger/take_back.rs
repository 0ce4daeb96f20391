//! Articles that are queued for readers who pause, leave or choose another cadence: taken back, so that they are due again.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{Tx, WriteTx, on_either};

/// Skips what a list's own campaigns have queued for these readers, and says for each behind which number something is due
/// to them again. What is on the wire, or may be, stays. Own text of an editor's is left to the queue.
pub(in crate::db) async fn take_back(
    tx: &mut WriteTx,
    list_id: Uuid,
    readers: &[Uuid],
    why: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<HashMap<Uuid, i64>> {
    let open = open_campaigns(tx, list_id).await?;
    let mut behind: HashMap<Uuid, i64> = HashMap::new();
    let sql = "UPDATE deliveries SET status = 'skipped', leased_by = NULL, next_attempt_at = NULL, status_since = $3,
                   reply = $4
               WHERE campaign_id = $1 AND subscriber_id = $2 AND status IN ('queued', 'leased', 'deferred')
               RETURNING variant";
    for (campaign_id, number) in open {
        for reader in readers {
            let taken: Vec<Option<i64>> = on_either!(tx, |conn| sqlx::query_scalar(sql)
                .bind(campaign_id)
                .bind(*reader)
                .bind(now)
                .bind(why)
                .fetch_all(conn)
                .await?);
            for variant in taken {
                let first = match variant {
                    Some(variant) => first_number(tx, campaign_id, variant).await?,
                    None => number,
                };
                if let Some(first) = first {
                    let so_far = behind.entry(*reader).or_insert(first - 1);
                    *so_far = (*so_far).min(first - 1);
                }
            }
        }
    }
    Ok(behind)
}

/// A list's campaigns about articles that may have something queued, with the article's number where there is one article.
async fn open_campaigns(tx: &mut Tx, list_id: Uuid) -> sqlx::Result<Vec<(Uuid, Option<i64>)>> {
    let sql = "SELECT c.id, (SELECT la.number FROM list_articles la
                             WHERE la.list_id = c.list_id AND la.article_id = c.auto_article_id)
               FROM campaigns c
               WHERE c.status IN ('sending', 'paused') AND c.list_id = $1
                 AND (c.auto_article_id IS NOT NULL OR c.digest_cadence IS NOT NULL)";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).fetch_all(conn).await)
}

async fn first_number(tx: &mut Tx, campaign_id: Uuid, variant: i64) -> sqlx::Result<Option<i64>> {
    let sql = "SELECT first_number FROM campaign_variants WHERE campaign_id = $1 AND variant = $2";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).bind(variant).fetch_optional(conn).await)
}
