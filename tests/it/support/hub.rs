//! A WebSub hub: it notes what it is asked for, and asks back and pushes when a test says so.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use actix_web::http::StatusCode;
use actix_web::{App, HttpResponse, HttpServer, web};
use reqwest::Response;

/// What the hub was asked for, by the names of the form.
pub type Asked = HashMap<String, String>;

#[derive(Default)]
struct State {
    asked: Vec<Asked>,
    answer: Option<u16>,
}

/// The hub; it stops with the test.
pub struct Hub {
    pub url: String,
    state: Arc<Mutex<State>>,
    http: reqwest::Client,
    handle: actix_web::dev::ServerHandle,
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = futures_util::FutureExt::now_or_never(self.handle.stop(false));
    }
}

impl Hub {
    /// Starts on a free port of 127.0.0.1.
    pub async fn start() -> Hub {
        let state: Arc<Mutex<State>> = Arc::default();
        let for_app = state.clone();
        let server = HttpServer::new(move || {
            App::new().app_data(web::Data::from(for_app.clone())).route("/", web::post().to(take))
        })
        .workers(1)
        .client_request_timeout(std::time::Duration::ZERO)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        let url = format!("http://127.0.0.1:{}/", server.addrs()[0].port());
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Hub { url, state, http, handle }
    }

    /// What it answers from now on instead of 202.
    pub fn answer(&self, code: Option<u16>) {
        self.state.lock().unwrap().answer = code;
    }

    /// What it was asked for since it was last looked at.
    pub fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut self.state.lock().unwrap().asked)
    }

    /// The one thing that it was asked for.
    pub fn take_one(&self) -> Asked {
        let mut asked = self.take();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked.remove(0)
    }

    /// Asks back, some things said otherwise than they were.
    pub async fn ask_back(&self, asked: &Asked, otherwise: &[(&str, &str)]) -> Response {
        let mut query: HashMap<&str, &str> = HashMap::from([
            ("hub.mode", asked["hub.mode"].as_str()),
            ("hub.topic", asked["hub.topic"].as_str()),
            ("hub.challenge", "<b>tide & sail</b>"),
            ("hub.lease_seconds", "86400"),
        ]);
        query.extend(otherwise.iter().copied());
        let query: Vec<(&str, &str)> = query.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        self.http.get(format!("{}?{query}", asked["hub.callback"])).send().await.unwrap()
    }

    /// Asks back as a hub does, and is told its challenge.
    pub async fn verify(&self, asked: &Asked) {
        let answer = self.ask_back(asked, &[]).await;
        assert_eq!(answer.status(), 200);
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
        assert_eq!(answer.text().await.unwrap(), "<b>tide & sail</b>");
    }

    /// Pushes a body; `signature` is the header.
    pub async fn push(&self, asked: &Asked, body: &[u8], signature: Option<&str>) -> Response {
        let mut push = self.http.post(&asked["hub.callback"]).body(body.to_vec());
        if let Some(signature) = signature {
            push = push.header("x-hub-signature", signature);
        }
        push.send().await.unwrap()
    }
}

async fn take(body: web::Bytes, state: web::Data<Mutex<State>>) -> HttpResponse {
    let mut state = state.lock().unwrap();
    state.asked.push(url::form_urlencoded::parse(&body).into_owned().collect());
    HttpResponse::build(StatusCode::from_u16(state.answer.unwrap_or(202)).unwrap()).finish()
}
