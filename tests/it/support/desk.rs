//! Somebody at the desk: signed in over real HTTP, with a browser's headers.

use postrider::actions::accounts;
use postrider::db::users::{self, Role};
use postrider::domain::email_address::EmailAddress;
use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Method, Response, StatusCode};

use super::TestApp;

/// A password that nobody guesses.
pub const PASSWORD: &str = "tide table under glass";

/// Somebody with a browser: signed in or not.
#[derive(Clone)]
pub struct Person<'a> {
    pub app: &'a TestApp,
    /// The session's cookie; empty: nobody.
    pub cookie: String,
    /// The cookie that names the browser as one that has signed in; empty: it has not.
    pub known: String,
    /// The network address that a trusted proxy names; empty: there is no proxy.
    pub ip: String,
}

impl TestApp {
    /// Adds a user with [`PASSWORD`].
    pub async fn user(&self, email: &str, role: Role) {
        let email = EmailAddress::parse(email).expect("an address");
        let mut tx = self.app.db.write().await.expect("a transaction");
        users::add(&mut tx, &email, role, self.clock.now()).await.expect("a user");
        let user = users::by_email(&mut tx, &email).await.expect("users").expect("the user");
        let link = accounts::password_link(&self.app, &mut tx, &user).await.expect("a link");
        tx.commit().await.expect("a commit");
        let base = self.app.config.base_url.as_str().trim_end_matches('/');
        let path = link.strip_prefix(base).expect("our own address").to_owned();
        let set = self.nobody().post(&path, &[("password", PASSWORD)]).await;
        assert_eq!(set.status(), StatusCode::SEE_OTHER, "{}", set.text().await.unwrap_or_default());
    }

    /// A browser that is not signed in.
    pub fn nobody(&self) -> Person<'_> {
        Person { app: self, cookie: String::new(), known: String::new(), ip: String::new() }
    }

    /// Marta, an admin, signed in.
    pub async fn admin(&self) -> Person<'_> {
        self.user("marta@harbour.example", Role::Admin).await;
        self.sign_in("marta@harbour.example").await
    }

    /// Owen, an editor, signed in.
    pub async fn editor(&self) -> Person<'_> {
        self.user("owen@harbour.example", Role::Editor).await;
        self.sign_in("owen@harbour.example").await
    }

    /// The same, behind the proxy that `TRUSTED_PROXIES=127.0.0.1` names.
    pub fn nobody_from(&self, ip: &str) -> Person<'_> {
        Person { ip: ip.to_owned(), ..self.nobody() }
    }

    /// Signs a user in, by the form.
    pub async fn sign_in(&self, email: &str) -> Person<'_> {
        let mut person = self.nobody();
        let answer = person.post("/admin/sign-in", &[("email", email), ("password", PASSWORD)]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.text().await.unwrap_or_default());
        person.take_cookie(answer.headers());
        person
    }
}

impl Person<'_> {
    /// Keeps the cookies of an answer.
    pub fn take_cookie(&mut self, headers: &HeaderMap) {
        for set in headers.get_all(SET_COOKIE) {
            let set = set.to_str().expect("text");
            if set.starts_with("postrider-desk=") || set.starts_with("__Host-postrider-desk=") {
                self.cookie = set.split(';').next().unwrap_or_default().to_owned();
            }
            if set.starts_with("postrider-known-") || set.starts_with("__Host-postrider-known-") {
                self.known = set.split(';').next().unwrap_or_default().to_owned();
            }
        }
    }

    /// Sends what a browser on our own page sends; nothing is followed.
    pub async fn send(&self, method: Method, path: &str, form: &[(&str, &str)]) -> Response {
        let mut request = self.app.http.request(method.clone(), format!("{}{path}", self.app.url));
        request = request.header("accept", "text/html").header("sec-fetch-site", "same-origin");
        let cookies: Vec<&str> =
            [self.cookie.as_str(), &self.known].into_iter().filter(|cookie| !cookie.is_empty()).collect();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        if !self.ip.is_empty() {
            request = request.header("x-forwarded-for", &self.ip);
        }
        if method != Method::GET && method != Method::HEAD {
            let origin = self.app.app.config.base_url.origin().ascii_serialization();
            request = request.header("origin", origin).form(form);
        }
        request.send().await.expect("an answer")
    }

    /// A page, whatever its status.
    pub async fn get(&self, path: &str) -> Response {
        self.send(Method::GET, path, &[]).await
    }

    /// A page that must be there: its HTML.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        let status = answer.status();
        let text = answer.text().await.expect("text");
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        text
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Response {
        self.send(Method::POST, path, form).await
    }

    /// Sends a form with the file `csv`.
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], csv: &[u8]) -> Response {
        let file = reqwest::multipart::Part::bytes(csv.to_vec()).file_name("readers.csv");
        let mut form = reqwest::multipart::Form::new();
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        let request = self.app.http.post(format!("{}{path}", self.app.url)).multipart(form.part("csv", file));
        let request = request.header("accept", "text/html").header("sec-fetch-site", "same-origin");
        let request = request.header("origin", &self.app.url).header(COOKIE, &self.cookie);
        request.send().await.expect("an answer")
    }

    /// Sends a form that must be taken; returns where it leads, and the sentence that is shown there.
    pub async fn submit(&self, path: &str, form: &[(&str, &str)]) -> (String, String) {
        let answer = self.post(path, form).await;
        let (status, headers) = (answer.status(), answer.headers().clone());
        assert_eq!(status, StatusCode::SEE_OTHER, "{path}: {}", answer.text().await.unwrap_or_default());
        let to = headers[LOCATION].to_str().expect("text").to_owned();
        let flash = headers.get_all(SET_COOKIE).iter().filter_map(|set| set.to_str().ok());
        let said = flash
            .filter_map(|set| set.strip_prefix("postrider-said=")?.split(';').next())
            .find_map(|sealed| self.app.app.keyring.open("postrider-said", sealed))
            .and_then(|json| serde_json::from_slice::<serde_json::Value>(&json).ok())
            .and_then(|flash| flash["sentence"].as_str().map(str::to_owned));
        (to, said.unwrap_or_default())
    }

    /// Sends a form that must be refused; the page that says why.
    pub async fn refused(&self, path: &str, form: &[(&str, &str)]) -> String {
        let answer = self.post(path, form).await;
        let status = answer.status();
        let text = answer.text().await.expect("text");
        assert!(status.is_client_error(), "{path} was taken ({status}): {text}");
        text
    }
}
