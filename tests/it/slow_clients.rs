//! Clients that send slowly or read nothing: they are cut, and nobody else notices. Their time is real, so the
//! limits are short here.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use postrider::web::Limits;
use reqwest::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::on_both_engines;
use crate::support::process::Bench;
use crate::support::{Engine, TestApp, say};

/// Within this, whoever is to be cut is cut, on a machine with much else to do.
const SOON: Duration = Duration::from_secs(60);

/// A second server on the application, with limits of its own.
fn serve(app: &TestApp, limits: Limits) -> SocketAddr {
    let listener = postrider::web::listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(postrider::web::server(app.app.clone(), listener, limits).unwrap());
    addr
}

fn short() -> Limits {
    Limits {
        head_within: Duration::from_millis(600),
        body_within: Duration::from_millis(600),
        answer_stalled: Duration::from_millis(600),
        ..Limits::default()
    }
}

async fn begin(addr: SocketAddr, bytes: &str) -> TcpStream {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    stream
}

/// All that is answered until the connection is closed; it must be, soon.
async fn until_closed(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(SOON, stream.read_to_end(&mut answer)).await;
    let _ = read.unwrap_or_else(|_| panic!("not closed: {:?}", String::from_utf8_lossy(&answer)));
    String::from_utf8_lossy(&answer).into_owned()
}

const FORM: &str =
    "POST /subscribe HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n";

on_both_engines! {
    async fn a_body_that_stops_half_way_is_answered_408_and_closed(app: TestApp) {
        app.list("all", "All articles").await;
        let addr = serve(app, short());
        let sized = format!("{FORM}content-length: 40\r\n\r\nemail=ines");
        let chunked = format!("{FORM}transfer-encoding: chunked\r\n\r\na\r\nemail=ines\r\n");
        let expecting = format!("{FORM}expect: 100-continue\r\ncontent-length: 40\r\n\r\n");
        let second = format!("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n{sized}");
        for (what, bytes) in [("sized", sized), ("chunked", chunked), ("expecting", expecting), ("second", second)] {
            let clients = (0..50).map(|_| async { until_closed(begin(addr, &bytes).await).await });
            for answer in join_all(clients).await {
                assert!(answer.contains("HTTP/1.1 408 "), "{what}: {answer}");
                assert!(answer.to_lowercase().contains("connection: close"), "{what}: {answer}");
                assert!(answer.contains("This took too long"), "{what}: {answer}");
            }
        }
        // Nothing that is half a form was taken for a whole one.
        app.deliver_all_due().await;
        assert!(app.smtp.take().is_empty());
    }

    async fn a_byte_now_and_then_does_not_keep_a_body_open(app: TestApp) {
        let addr = serve(app, short());
        for head in ["content-length: 9000\r\n\r\n", "transfer-encoding: chunked\r\n\r\n"] {
            let stream = begin(addr, &format!("{FORM}{head}")).await;
            let (mut from, mut to) = stream.into_split();
            let piece = if head.contains("chunked") { "1\r\nx\r\n" } else { "x" };
            let trickle = tokio::spawn(async move {
                while to.write_all(piece.as_bytes()).await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            });
            let mut answer = Vec::new();
            let read = tokio::time::timeout(SOON, from.read_to_end(&mut answer)).await;
            read.unwrap_or_else(|_| panic!("{head:?} is kept open")).ok();
            assert!(String::from_utf8_lossy(&answer).starts_with("HTTP/1.1 408 "));
            trickle.abort();
        }
    }

    async fn what_no_handler_reads_keeps_no_connection_open(app: TestApp) {
        let addr = serve(app, short());
        for (what, bytes) in [
            ("nothing at all", ""),
            ("half a head", "GET / HT"),
            ("half a second head", "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nGET / HT"),
            ("a body to a page", "GET /healthz HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n"),
            ("a body to nobody", "POST /nowhere HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n"),
            ("a refused body", "POST /admin/lists HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\n"),
            ("a finished request", "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"),
        ] {
            let answer = until_closed(begin(addr, bytes).await).await;
            assert!(!answer.contains(" 500 "), "{what}: {answer}");
        }
    }

    async fn a_large_upload_at_an_honest_pace_is_taken_and_a_slower_one_is_not(app: TestApp) {
        app.list("all", "All articles").await;
        let admin = app.admin().await;
        let second = Duration::from_secs(1);
        let addr = serve(app, Limits { body_within: 3 * second, body_rate: 8 * 1024, ..short() });
        let rows: String = (0..10_000).map(|n| format!("reader{n}@example.org\n")).collect();
        let form = |name: &str, value: &str| {
            format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"{value}\r\n")
        };
        let body = [
            form("list", "\r\n\r\nall"),
            form("status", "\r\n\r\nactive"),
            form("consent", "\r\n\r\nA form on the old site"),
            form("csv", &format!("; filename=\"a.csv\"\r\n\r\nemail\n{rows}")),
            "--x--\r\n".to_owned(),
        ]
        .concat();
        let head = format!(
            "POST /admin/subscribers/import HTTP/1.1\r\nhost: x\r\norigin: {}\r\nsec-fetch-site: same-origin\r\n\
             cookie: {}\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: {}\r\n\r\n",
            app.url, admin.cookie, body.len(),
        );
        // Longer than a small body may take, and never behind the least rate; then one a quarter of it.
        for (bytes, status) in [(20 * 1024, "HTTP/1.1 303 "), (1024, "HTTP/1.1 408 ")] {
            let begun = Instant::now();
            let (mut from, mut to) = begin(addr, &head).await.into_split();
            let body = body.clone();
            let sending = tokio::spawn(async move {
                for piece in body.as_bytes().chunks(bytes) {
                    if to.write_all(piece).await.is_err() {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
                to
            });
            let mut answer = vec![0; 200];
            let read = tokio::time::timeout(SOON, from.read(&mut answer)).await.expect("an answer").unwrap();
            let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
            assert!(answer.starts_with(status), "{bytes} bytes each half second: {answer}");
            assert!(begun.elapsed() >= 3 * second);
            sending.abort();
        }
        app.run_all_due().await;
    }

    async fn a_download_that_is_read_slowly_goes_on_and_one_that_nobody_reads_is_cut(app: TestApp) {
        let addr = serve(app, Limits { answer_stalled: Duration::from_secs(3), ..short() });
        let connect = || async {
            let socket = TcpSocket::new_v4().unwrap();
            socket.set_recv_buffer_size(16 * 1024).unwrap();
            socket.connect(addr).await.unwrap()
        };
        let page = app.http.get(format!("http://{addr}/")).send().await.unwrap().text().await.unwrap();
        // More than the buffers between the two hold.
        let pages = 16 * 1024 * 1024 / page.len();
        let (mut from, mut to) = connect().await.into_split();
        let asking = tokio::spawn(async move {
            let requests = "GET / HTTP/1.1\r\nhost: x\r\n\r\n".repeat(pages - 1);
            to.write_all(requests.as_bytes()).await?;
            to.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await?;
            Ok::<_, std::io::Error>(to)
        });
        let (mut read, begun) = (0, Instant::now());
        let mut piece = vec![0; 256 * 1024];
        loop {
            let n = tokio::time::timeout(SOON, from.read(&mut piece)).await.expect("it goes on").expect("not cut");
            read += n;
            if n == 0 {
                break;
            }
            // For three times as long as any limit but that of who reads nothing.
            if begun.elapsed() < Duration::from_secs(2) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        assert!(read > pages * page.len(), "{read} bytes of {pages} pages");
        drop(asking.await.unwrap().unwrap());

        // It asks for ever and reads nothing; the server stops taking its questions, too, until it is cut.
        let (from, mut to) = connect().await.into_split();
        let asking = async { while to.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.is_ok() {} };
        tokio::time::timeout(SOON, asking).await.expect("cut");
        drop(from);
    }

    async fn live_events_are_not_cut_however_long_nothing_happens(app: TestApp) {
        let list = app.list("all", "All articles").await;
        let admin = app.admin().await;
        crate::delivery::subscribe_all(app, list, &["ines@example.org"]).await;
        let id = crate::delivery::campaign(app, list, "Harbour news").await;
        // It has begun, and nothing of it is delivered.
        postrider::schedule::run_due(&app.app).await.unwrap();
        let addr = serve(app, short());
        let url = format!("http://{addr}/admin/campaigns/{id}/events");
        let request = app.http.get(url).header("cookie", &admin.cookie).header("sec-fetch-site", "same-origin");
        let mut events = request.send().await.unwrap();
        assert_eq!(events.status(), StatusCode::OK);
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(3) {
            let next = tokio::time::timeout(Duration::from_millis(200), events.chunk()).await;
            assert!(!matches!(next, Ok(Ok(None) | Err(_))), "cut after {:?}", begun.elapsed());
        }
        drop(events);
        app.deliver_all_due().await;
        app.smtp.take();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stalled_bodies_of_more_clients_than_descriptors_keep_nobody_out() {
    let bench = Bench::new(Engine::Sqlite, None, 2).await.unwrap();
    let serve = bench.serve_with_descriptors(256).await;
    let addr: SocketAddr = serve.url.trim_start_matches("http://").parse().unwrap();
    let sized = format!("{FORM}content-length: 40\r\n\r\nemail=ines");
    let mut stalled = Vec::new();
    for _ in 0..200 {
        stalled.push(begin(addr, &sized).await);
    }
    let begun = Instant::now();
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().unwrap();
    let answer = http.get(format!("{}/", serve.url)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    say(&format!("200 stalled bodies, 256 descriptors: a page after {:.1} s", begun.elapsed().as_secs_f64()));
    for stream in stalled {
        until_closed(stream).await;
    }
    assert!(serve.terminate().1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_strangers_send_is_no_error_of_ours() {
    let bench = Bench::new(Engine::Sqlite, None, 2).await.unwrap();
    let (serve, log) = bench.serve_logging("info").await;
    let addr: SocketAddr = serve.url.trim_start_matches("http://").parse().unwrap();
    let long = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(200_000));
    for bytes in [
        "\x16\x03\x01\x02\0\x01\0\x01\u{fc}\x03\x03",
        "GARBAGE\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET \0 HTTP/1.1\r\nhost: x\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        &long,
        "POST /subscribe HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        "POST /subscribe HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        "POST /subscribe HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "POST /subscribe HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, chunked\r\n\r\n",
        "GET /%ff%00 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        // It may be refused before all of it is written.
        let _ = stream.write_all(bytes.as_bytes()).await;
        let _ = stream.shutdown().await;
        let _ = tokio::time::timeout(SOON, stream.read_to_end(&mut Vec::new())).await.expect("closed");
    }
    // Hangs up in the middle.
    drop(begin(addr, &format!("{FORM}content-length: 40\r\n\r\nemail=ines")).await);
    assert_eq!(serve.get("/").await.unwrap().0, 200);
    assert!(serve.terminate().1);
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("INFO") && !log.contains("ERROR"), "{log}");
}
