//! Every line of the route table, as nobody, as an editor and as an admin: what a line does not open is shut, and
//! whoever only looks changes nothing.

use postrider::domain::links::Link;
use postrider::web::Access;
use postrider::web::routes::{RouteLine, lines};
use reqwest::{Method, StatusCode};
use uuid::Uuid;

use crate::browser::pages::{desk_routes, fill, pages_of, paths, reader_pages_of};
use crate::desk::people::dump;
use crate::on_both_engines;
use crate::pages::route_table;
use crate::support::TestApp;
use crate::support::desk::Person;
use crate::support::feed_server::FeedServer;

/// An id that no row has.
pub const NO_ROW: &str = "01900000-0000-7000-8000-000000000000";

/// A path with a value in its places.
pub fn filled(path: &str, value: &str) -> String {
    let parts = path.split('/').skip(1).map(|part| if part.contains('{') { value } else { part });
    format!("/{}", parts.collect::<Vec<_>>().join("/"))
}

async fn status(who: &Person<'_>, line: &RouteLine) -> StatusCode {
    let method = Method::from_bytes(line.method.as_bytes()).unwrap();
    let status = who.send(method, &filled(line.path, NO_ROW), &[]).await.status();
    assert!(!status.is_server_error(), "{line:?}: {status}");
    status
}

/// Whoever is not signed in is told so, and a page leads to the one where they can.
async fn assert_needs_a_user(app: &TestApp, line: &RouteLine) {
    let method = Method::from_bytes(line.method.as_bytes()).unwrap();
    let answer = app.nobody().send(method, &filled(line.path, NO_ROW), &[]).await;
    match line.method {
        "GET" => {
            let to = answer.headers()["location"].to_str().unwrap();
            assert!(
                answer.status() == StatusCode::SEE_OTHER && to.starts_with("/admin/sign-in?to="),
                "{line:?}"
            );
        }
        _ => assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{line:?} as nobody"),
    }
}

/// Links that open none of a reader's pages: of nobody's making, ours but changed, and ours for another page.
fn wrong_tokens(app: &TestApp, path: &str) -> Vec<String> {
    let subscriber = Uuid::parse_str(NO_ROW).unwrap();
    let leave = app.app.keyring.token(Link::Unsubscribe { subscriber, list: subscriber });
    let block = app.app.keyring.token(Link::Block { subscriber });
    let of_another = if path.starts_with("/block/") { leave.clone() } else { block.clone() };
    let right = if path.starts_with("/block/") { block } else { leave };
    let (end, changed) = (right.len() - 1, if right.ends_with('A') { "B" } else { "A" });
    vec![NO_ROW.to_owned(), "x".to_owned(), of_another, format!("{}{changed}", &right[..end])]
}

on_both_engines! {
    async fn every_route_is_shut_unless_its_line_opens_it(app: TestApp) {
        let (admin, editor, nobody) = (app.admin().await, app.editor().await, app.nobody());
        let lines = lines();
        assert!(lines.len() > 150, "{lines:?}");
        // The last would end the session that the next line needs.
        for line in lines.iter().filter(|line| line.path != "/admin/sign-out") {
            assert!(line.access.is_for_the_desk() == line.path.starts_with("/admin"), "{line:?}");
            assert!(!line.path.ends_with(".csv") || line.access == Access::Admin, "{line:?}: a file is an admin's");
            let everybody = [&nobody, &editor, &admin];
            match line.access {
                Access::Anybody | Access::SigningIn => {
                    for who in everybody {
                        let status = status(who, line).await;
                        let shut = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status);
                        assert!(!shut || line.path.starts_with("/admin/setup"), "{line:?}: {status}");
                    }
                }
                Access::ReaderLink => {
                    for token in wrong_tokens(app, line.path) {
                        let method = Method::from_bytes(line.method.as_bytes()).unwrap();
                        let status = admin.send(method, &filled(line.path, &token), &[]).await.status();
                        assert_eq!(status, StatusCode::NOT_FOUND, "{line:?} {token}");
                    }
                }
                // Mail is sent here, not captured.
                Access::ThisMachine => {
                    for who in everybody {
                        assert_eq!(status(who, line).await, StatusCode::NOT_FOUND, "{line:?}");
                    }
                }
                Access::PrivateNetwork => {
                    assert_eq!(status(&nobody, line).await, StatusCode::OK, "{line:?}");
                    let behind_a_proxy = app.nobody_from("203.0.113.9");
                    assert_eq!(status(&behind_a_proxy, line).await, StatusCode::FORBIDDEN, "{line:?}");
                }
                Access::AwaitingCode | Access::Editor | Access::Admin => {
                    assert_needs_a_user(app, line).await;
                    let by_editor = status(&editor, line).await;
                    let refused = by_editor == StatusCode::FORBIDDEN;
                    assert_eq!(refused, line.access == Access::Admin, "{line:?} as an editor: {by_editor}");
                    assert_ne!(status(&admin, line).await, StatusCode::FORBIDDEN, "{line:?} as an admin");
                }
            }
        }
        app.deliver_all_due().await;
    }

    async fn every_body_has_the_limit_of_its_line(app: TestApp) {
        let admin = app.admin().await;
        let small: Vec<RouteLine> = lines().into_iter().filter(|line| line.method == "POST" && line.body_bytes_max < 1 << 20).collect();
        assert!(small.len() > 80, "{small:?}");
        for line in small.iter().filter(|line| line.path != "/admin/sign-out") {
            let text = "a".repeat(line.body_bytes_max);
            let path = filled(line.path, NO_ROW);
            let status = admin.post(&path, &[("more", &text)]).await.status();
            // Who needs no body does not read it.
            let unread = matches!(status, StatusCode::NOT_FOUND | StatusCode::SEE_OTHER | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT);
            assert!(status == StatusCode::PAYLOAD_TOO_LARGE || unread, "{line:?}: {status}");
        }
        let too_long = "a".repeat(17 * 1024);
        let sign_up = app.nobody().post("/subscribe", &[("email", "ines@example.org"), ("more", &too_long)]).await;
        assert_eq!(sign_up.status(), StatusCode::PAYLOAD_TOO_LARGE);
        app.deliver_all_due().await;
    }

    async fn looking_at_a_full_desk_changes_nothing(app: TestApp) {
        let (marta, owen, server) = (app.admin().await, app.editor().await, FeedServer::start().await);
        let harbour = fill(app, &marta, &owen, &server).await;
        let mut pages = paths(&desk_routes(), pages_of, &harbour);
        pages.extend(paths(&route_table(), reader_pages_of, &harbour));
        pages.extend(lines().iter().filter(|line| line.method == "GET").map(|line| filled(line.path, NO_ROW)));
        let everybody = [marta, owen, app.nobody()];
        for who in &everybody {
            // A session notes when it was used last, once in a while.
            who.get("/admin").await;
        }
        let rows = async || {
            let mut rows = dump(app).await;
            // Whether the database takes a row can be told by a row only.
            rows.retain(|(table, _)| table != "readiness");
            rows
        };
        let mut before = rows().await;
        for page in pages {
            for who in &everybody {
                assert!(!who.get(&page).await.status().is_server_error(), "{page}");
            }
            let after = rows().await;
            // Who takes a file of readers along stands in the audit log.
            let is_export = page.contains("/export.csv");
            let is_noted = |table: &str| is_export && table == "audit_log";
            let new: Vec<_> =
                after.iter().filter(|row| !before.contains(row) && !is_noted(row.0.as_ref())).collect();
            let gone: Vec<_> = before.iter().filter(|row| !after.contains(row)).collect();
            assert!(new.is_empty() && gone.is_empty(), "{page} wrote {new:#?}, {gone:#?}");
            before = after;
        }
        app.smtp.take();
    }
}
