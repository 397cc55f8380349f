//! A desk for one test, on either database, and a browser that keeps its cookie.

use std::net::{IpAddr, Ipv4Addr};

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
    response::Response,
};
use channels::tls::Roots;
use desk::message::{ArrivedBy, Channel};
use serde_json::{Value, json};
use server::{
    actions::{keep_mail, receive_mail},
    keys::Keys,
    router,
    state::{Desk, ServeSettings},
};
use store::{
    Store, Url,
    originals::{Mode, NewDelivery},
};
use tower::ServiceExt;

/// A proxy on this machine that the configuration names.
pub const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 9));
/// The secret of the setup link.
pub const SECRET: &str = "the-secret-of-the-setup-link";
/// The password of everybody in the tests.
pub const PASSWORD: &str = "ながいことばはつよい";

/// A desk and its router.
pub struct At {
    /// The desk.
    pub desk: Desk,
    router: Router,
    _folder: tempfile::TempDir,
}

/// An answer of the API.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: axum::http::HeaderMap,
    /// The body, if it was JSON.
    pub body: Value,
    /// The body as it is.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The last segment of the problem's type.
    pub fn problem(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default().trim_start_matches("/problems/")
    }
}

/// Who asks.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// The cookie pair.
    pub cookie: Option<String>,
    /// The CSRF value.
    pub csrf: Option<String>,
    /// A bearer token.
    pub token: Option<String>,
}

impl At {
    /// A fresh desk on an SQLite file.
    pub async fn sqlite() -> At {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Url::Sqlite(folder.path().join("henji.db"))).await.unwrap();
        At::over(store, folder)
    }

    /// A fresh desk on a PostgreSQL database of its own.
    pub async fn postgres() -> At {
        let server =
            std::env::var("HENJI_TEST_POSTGRES").expect("HENJI_TEST_POSTGRES is not set: run `make test`");
        let name = format!("henji_api_{}", data_encoding::HEXLOWER.encode(&rand::random::<[u8; 8]>()));
        let admin = sqlx::PgPool::connect(&server).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}"))).execute(&admin).await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        let store = Store::open(&Url::Postgres(format!("{base}/{name}"))).await.unwrap();
        At::over(store, tempfile::tempdir().unwrap())
    }

    fn over(store: Store, folder: tempfile::TempDir) -> At {
        let settings = ServeSettings {
            public_url: "http://desk.test".to_owned(),
            node: "test".to_owned(),
            hostname: "desk.test".to_owned(),
            max_size: 1 << 20,
            setup_secret: Some(SECRET.to_owned()),
            trusted_proxies: vec![PROXY],
        };
        let desk = Desk::new(store, Keys::derive(&[7; 32]), Roots::new(None).unwrap(), settings);
        At { router: router::router(&desk), desk, _folder: folder }
    }

    /// Asks the API.
    pub async fn ask(&self, browser: &Browser, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.ask_with(browser, method, path, body, &[]).await
    }

    /// Asks the API with further headers.
    pub async fn ask_with(
        &self,
        browser: &Browser,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(format!("/api/v1{path}")).header(header::HOST, "desk.test");
        if let Some(cookie) = &browser.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(csrf) = &browser.csrf {
            request = request.header("Henji-CSRF", csrf);
        }
        if let Some(token) = &browser.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(json) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(json.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.open(request).await.into_parts();
        let bytes = axum::body::to_bytes(body, 64 << 20).await.unwrap().to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body, bytes }
    }

    /// Sends a request and gives the answer before its body has come.
    pub async fn open(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Makes a token that may do these things.
    pub async fn token(&self, browser: &Browser, may: &[&str]) -> (i64, Browser) {
        let asked = json!({"name": "program", "may": may});
        let made = self.ask(browser, Method::POST, "/tokens", Some(asked)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        let token = made.body["token"].as_str().map(str::to_owned);
        (made.body["id"].as_i64().unwrap(), Browser { token, ..Browser::default() })
    }

    /// Sets the desk up and gives its administrator's browser.
    pub async fn set_up(&self) -> Browser {
        let asked = json!({
            "secret": SECRET,
            "desk": {"name": "こもれび茶舗", "language": "ja"},
            "administrator": {"name": "鈴木", "email": "suzuki@komorebi-cha.example", "password": PASSWORD},
        });
        let answer = self.ask(&Browser::default(), Method::POST, "/setup", Some(asked)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
        browser_of(&answer)
    }

    /// Adds a person and signs them in.
    pub async fn person(&self, administrator: &Browser, email: &str, role: &str) -> Browser {
        let asked = json!({"name": email, "email": email, "role": role, "password": PASSWORD});
        let added = self.ask(administrator, Method::POST, "/agents", Some(asked)).await;
        assert_eq!(added.status, StatusCode::CREATED, "{:?}", added.body);
        self.sign_in(email).await
    }

    /// Signs a person in.
    pub async fn sign_in(&self, email: &str) -> Browser {
        let asked = json!({"email": email, "password": PASSWORD});
        let answer = self.ask(&Browser::default(), Method::POST, "/session", Some(asked)).await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
        browser_of(&answer)
    }

    /// A mailbox that sends to a port nobody listens at; gives its id.
    pub async fn mailbox(&self, administrator: &Browser) -> i64 {
        let asked = json!({
            "address": "support@komorebi-cha.example", "company": "こもれび茶舗", "signature": "こもれび茶舗\n",
            "incoming": {"kind": "smtp"}, "sending": "on", "hold_seconds": 300,
            "outgoing": {"host": "127.0.0.1", "port": 9, "tls": "none"},
        });
        let answer = self.ask(administrator, Method::POST, "/mailboxes", Some(asked)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
        answer.body["id"].as_i64().unwrap()
    }

    /// A desk with one ticket: the customer's first mail.
    pub async fn ticket(&self) -> Browser {
        let browser = self.set_up().await;
        let mailbox = self.mailbox(&browser).await;
        self.arrives(mailbox, FIRST).await;
        browser
    }

    /// The newest message of the ticket.
    pub async fn newest(&self, browser: &Browser, number: i64) -> Value {
        let path = format!("/tickets/{number}/messages");
        let page = self.ask(browser, Method::GET, &path, None).await.body;
        page["items"].as_array().unwrap().last().unwrap().clone()
    }

    /// The bytes of a message, read.
    pub async fn mail(&self, browser: &Browser, message: &Value) -> mail::Mail {
        mail::read(&self.ask(browser, Method::GET, &format!("/messages/{message}/raw"), None).await.bytes)
    }

    /// A mail arrives for the mailbox and is read.
    pub async fn arrives(&self, mailbox: i64, mail: &str) {
        let arrived = keep_mail::Arrived {
            bytes: mail.replace('\n', "\r\n").into_bytes().into(),
            delivery: NewDelivery {
                channel: Channel::Mail,
                mailbox: Some(mailbox.into()),
                arrived_by: ArrivedBy::Smtp,
                folder: None,
                uidvalidity: None,
                uid: None,
                uidl: None,
                envelope_from: None,
                envelope_to: Vec::new(),
                trace: None,
                mode: Mode::Live,
                open_since: None,
                junk: false,
                received_at: self.desk.now(),
            },
        };
        let kept = keep_mail::keep_mails(&self.desk, vec![arrived]).await.unwrap();
        for one in kept {
            receive_mail::receive_mail(&self.desk, one.delivery).await.unwrap();
        }
    }
}

fn browser_of(answer: &Answer) -> Browser {
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    Browser {
        cookie: Some(cookie.split(';').next().unwrap().to_owned()),
        csrf: answer.body["csrf"].as_str().map(str::to_owned),
        token: None,
    }
}

/// A customer's first mail.
pub const FIRST: &str = "From: =?UTF-8?B?55Sw5LitIOe/lOWkqg==?= <tanaka@customer.example>
To: support@komorebi-cha.example
Subject: =?UTF-8?B?44Kt44Oj44Oz44Oa44O844Oz44Gu5b+c5Yuf44GM44Gn44GN44G+44Gb44KT77yB?=
Date: Sat, 21 Nov 2026 09:42:00 +0900
Message-ID: <first@customer.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

キャンペーンの応募ができません！
締め切りは明日です。
";

/// Runs one story on both databases.
#[macro_export]
macro_rules! both {
    ($(async fn $name:ident($at:ident: At) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn story($at: At) $body

            #[tokio::test]
            async fn on_sqlite() {
                story(At::sqlite().await).await;
            }

            #[tokio::test]
            async fn on_postgresql() {
                story(At::postgres().await).await;
            }
        }
    )*};
}
