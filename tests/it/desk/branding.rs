//! The publication's colour and logo: on reader pages and in mails, never in the desk.

use postrider::db::publication;
use reqwest::StatusCode;

use crate::on_both_engines;

const YELLOW: [(&str, &str); 2] =
    [("brand_colour", "#ffcc00"), ("logo_url", "https://harbour.example/logo.png")];

/// The address of the brand's style sheet on a page.
fn brand_css(page: &str) -> Option<String> {
    Some(format!("/brand-{}", page.split_once("href=\"/brand-")?.1.split('"').next()?))
}

on_both_engines! {
    async fn the_colour_is_on_every_reader_page_and_never_in_the_desk(app: TestApp) {
        let marta = app.admin().await;
        assert_eq!(brand_css(&app.nobody().page("/").await), None, "our own colours need no second sheet");
        let (to, said) = marta.submit("/admin/settings/branding", &YELLOW).await;
        assert_eq!(to, "/admin/settings/branding");
        assert!(said.starts_with("Saved."), "{said}");
        let front = app.nobody().page("/").await;
        assert!(front.contains("src=\"https://harbour.example/logo.png\""), "{front}");
        let css = brand_css(&front).expect("the brand's style sheet");
        assert_eq!(brand_css(&app.nobody().page("/archive").await).as_ref(), Some(&css));
        let sheet = app.nobody().get(&css).await;
        assert_eq!(sheet.headers()["content-type"], "text/css; charset=utf-8");
        assert!(sheet.headers()["cache-control"].to_str().unwrap().contains("immutable"));
        let sheet = sheet.text().await.unwrap();
        assert!(sheet.contains("--fill: #ffcc00; --fill-label: #1a1a18; --fill-edge: #1a1a18;"), "{sheet}");
        for page in ["/admin", "/admin/settings", "/admin/settings/branding", "/admin/account"] {
            assert_eq!(brand_css(&marta.page(page).await), None, "{page}");
        }
        // A page of before finds what stands now, and does not keep it.
        let stale = app.nobody().get("/brand-0123456789abcdef.css").await;
        assert_eq!((stale.status(), stale.headers()["cache-control"].to_str().unwrap()), (StatusCode::OK, "no-cache"));
        assert_eq!(app.nobody().get("/brand-x.css").await.status(), StatusCode::NOT_FOUND);
    }

    async fn mails_wear_the_colour_in_light_and_dark(app: TestApp) {
        let marta = app.admin().await;
        marta.submit("/admin/settings/branding", &[("brand_colour", "#0a5c36"), ("logo_url", "")]).await;
        app.list("all", "All articles").await;
        let answer = app.nobody().post("/subscribe", &[("email", "ines@example.org"), ("list", "all")]).await;
        assert!(answer.status().is_redirection() || answer.status().is_success(), "{}", answer.text().await.unwrap());
        app.deliver_all_due().await;
        let mails = app.smtp.take();
        assert_eq!(mails.len(), 1);
        let text = String::from_utf8_lossy(&mails[0].message).replace("=\r\n", "");
        assert!(text.contains("background: #0a5c36") && !text.contains("#1b4a78"), "{text}");
        let dark = postrider::domain::brand::Brand::of_text("#0a5c36").dark;
        assert!(text.contains(&dark.fill.to_string()) && text.contains(&dark.accent.to_string()));
    }

    async fn a_preview_changes_nothing_and_shows_what_is_typed(app: TestApp) {
        let marta = app.admin().await;
        let query = "brand_colour=%23aa2288&logo_url=https%3A%2F%2Fharbour.example%2Fnew.png";
        let page = marta.page(&format!("/admin/settings/branding?{query}")).await;
        assert!(page.contains("value=\"#aa2288\"") && page.contains("new.png"), "{page}");
        assert!(page.contains("src=\"/admin/settings/branding/mail?logo_url=") && page.contains("&#38;brand_colour=%23aa2288"), "{page}");
        let mail = marta.get(&format!("/admin/settings/branding/mail?{query}")).await;
        assert!(mail.headers()["content-security-policy"].to_str().unwrap().starts_with("sandbox;"));
        let mail = mail.text().await.unwrap();
        assert!(mail.contains("#aa2288") && mail.contains("https://harbour.example/new.png"), "{mail}");
        let reader = marta.get(&format!("/admin/settings/branding/reader?{query}")).await;
        let policy = reader.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("frame-ancestors 'self'") && policy.contains("form-action 'none'"), "{policy}");
        let css = marta.page(&format!("/admin/settings/branding/brand.css?{query}")).await;
        assert!(css.contains("--accent: #aa2288"), "{css}");
        // What does not do is left as it stands.
        let broken = marta.page("/admin/settings/branding/mail?brand_colour=url(x)&logo_url=javascript:x").await;
        assert!(!broken.contains("javascript:") && broken.contains("#1b4a78"), "{broken}");
        let stands = publication::get(&mut app.app.db.read().await.unwrap()).await.unwrap();
        assert_eq!((stands.brand_colour.as_str(), stands.logo_url.as_str()), ("#1b4a78", ""));
    }

    async fn a_colour_that_is_none_is_refused(app: TestApp) {
        let marta = app.admin().await;
        for bad in ["", "red", "#12", "#fff;} body{display:none"] {
            let page = marta.refused("/admin/settings/branding", &[("brand_colour", bad), ("logo_url", "")]).await;
            assert!(page.contains("That is not a colour"), "{bad}: {page}");
        }
        let http = [("brand_colour", "#123456"), ("logo_url", "http://harbour.example/logo.png")];
        assert!(marta.refused("/admin/settings/branding", &http).await.contains("Use an https address"));
        let page = marta.refused("/admin/settings/branding", &[("brand_colour", "#123456"), ("logo_url", "logo.png")]).await;
        assert!(page.contains("is not a web address") && page.contains("value=\"#123456\""), "{page}");
        let css = app.nobody().page("/").await;
        assert_eq!(brand_css(&css), None);
    }
}
