//! Articles at the desk: found by filters, retired, brought back.

use postrider::db::feeds;
use reqwest::{Method, StatusCode};
use uuid::Uuid;

use super::feeds::{added, hold};
use crate::on_both_engines;
use crate::support::desk::Person;
use crate::support::feed_server::FeedServer;

/// Writes an article; its page's path.
async fn write(person: &Person<'_>, title: &str) -> String {
    person.submit("/admin/articles/new", &[("title", title)]).await.0
}

fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// Which of these titles a page of articles shows.
async fn shown<'a>(person: &Person<'_>, query: &str, titles: &[&'a str]) -> Vec<&'a str> {
    let page = person.page(&format!("/admin/articles?{query}")).await;
    titles.iter().copied().filter(|title| page.contains(&format!(">{title}</a>"))).collect()
}

on_both_engines! {
    async fn articles_are_found_by_state_origin_and_title(app: TestApp) {
        let world = app.list("world", "World").await.to_string();
        let owen = app.editor().await;
        let all = ["A ferry sails", "Low water 100%", "Low_water"];
        let [ferry, percent, underscore] = [write(&owen, all[0]).await, write(&owen, all[1]).await, write(&owen, all[2]).await];
        assert_eq!(shown(&owen, "", &all).await, all);
        assert_eq!(shown(&owen, "q=FERRY", &all).await, [all[0]], "large and small letters are one");
        assert_eq!(shown(&owen, "q=100%25", &all).await, [all[1]], "a per cent sign is itself");
        assert_eq!(shown(&owen, "q=w_w", &all).await, [all[2]], "an underscore is itself");
        assert_eq!(shown(&owen, "from=ours", &all).await, all);
        assert!(owen.page("/admin/articles?from=feed").await.contains("No articles match."));

        owen.submit("/admin/campaigns/new", &[("list", &world), ("subject", "With it"), ("article", id(&ferry))]).await;
        assert_eq!(shown(&owen, "state=used", &all).await, [all[0]]);
        assert_eq!(shown(&owen, "state=unused", &all).await, [all[1], all[2]]);
        owen.submit(&format!("{percent}/retire"), &[]).await;
        assert_eq!(shown(&owen, "state=unused", &all).await, [all[2]]);
        assert_eq!(shown(&owen, "state=retired", &all).await, [all[1]]);
        assert_eq!(shown(&owen, "", &all).await, [all[0], all[2]], "what is retired is out of the way");
        let page = owen.page("/admin/articles?state=retired").await;
        assert!(!page.contains(&format!("value=\"{}\"", id(&percent))), "it can't be picked: {page}");
        let page = owen.page(&format!("/admin/articles?before={}&state=nonsense&from=x", id(&underscore))).await;
        assert!(page.contains(all[0]) && !page.contains(&format!(">{}</a>", all[2])), "{page}");
    }

    async fn a_retired_article_is_offered_to_no_campaign_and_comes_back(app: TestApp) {
        let world = app.list("world", "World").await.to_string();
        let owen = app.editor().await;
        let article = write(&owen, "A false start").await;
        let with_it = [("list", world.as_str()), ("subject", "With it"), ("article", id(&article))];
        let edit = owen.submit("/admin/campaigns/new", &with_it).await.0;
        let (here, said) = owen.submit(&format!("{article}/retire"), &[]).await;
        assert_eq!((here.as_str(), said.as_str()), (article.as_str(), "Retired. It can no longer be added to campaigns."));
        owen.submit(&format!("{article}/retire"), &[]).await;
        let page = owen.page(&article).await;
        assert!(page.contains("Retired on") && !page.contains("Make a campaign"), "{page}");
        assert!(!owen.page("/admin/campaigns/new").await.contains("A false start"));
        assert!(owen.page(&edit).await.contains("“A false start” is retired."));
        let version = owen.page(&edit).await;
        let version = version.split_once("name=\"version\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
        let send = [("version", version.as_str()), ("when", "now")];
        let schedule = edit.replace("/edit", "/schedule");
        assert!(owen.refused(&schedule, &send).await.contains("Restore it first, or leave it out."));

        owen.submit(&format!("{article}/bring-back"), &[]).await;
        owen.submit(&schedule, &send).await;
        let refused = owen.refused(&format!("{article}/retire"), &[]).await;
        assert!(refused.contains("being sent in “With it”"), "{refused}");
        let log = app.admin().await.page("/admin/settings/audit").await;
        assert!(log.contains("retired") && log.contains("restored"), "{log}");
        let nowhere = owen.send(Method::POST, "/admin/articles/nonsense/retire", &[]).await;
        assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
    }

    async fn what_a_feed_brought_is_retired_too_unless_it_waits_for_an_editor(app: TestApp) {
        let list = app.list("world", "World").await;
        let (marta, server) = (app.admin().await, FeedServer::start().await);
        let feed = added(&marta, &server, list).await;
        let unsent = async || {
            let mut tx = app.app.db.read().await.unwrap();
            feeds::unsent(&mut tx, feed, list, 10).await.unwrap()
        };
        let [newest, ..] = &unsent().await[..] else { panic!("the feed has articles") };
        let (title, article) = (&newest.title, format!("/admin/articles/{}", newest.article_id));
        marta.submit(&format!("{article}/retire"), &[]).await;
        assert!(unsent().await.iter().all(|left| left.title != *title), "the latest are without it");
        assert!(marta.page(&article).await.contains("Restore"));
        marta.submit(&format!("{article}/bring-back"), &[]).await;
        assert_eq!(unsent().await[0].title, *title);

        let held: Uuid = hold(app, feed, "Nine ships").await;
        let refused = marta.refused(&format!("/admin/articles/{held}/retire"), &[]).await;
        assert!(refused.contains("This article is on hold."), "{refused}");
    }
}
