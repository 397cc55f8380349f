//! How many mails are read in a second on one core. `cargo run --release -p mail --example speed [folder]`: the mails of
//! a folder (and of those in it), or a made-up typical one: 4 KB of Japanese text with a quotation, 20 header fields.

use std::path::{Path, PathBuf};
use std::time::Instant;

fn collect(folder: &Path, mails: &mut Vec<Vec<u8>>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, mails)?;
        } else if path.extension().is_some_and(|e| e == "eml") {
            mails.push(std::fs::read(path)?);
        }
    }
    Ok(())
}

fn typical() -> Vec<u8> {
    let received = "Received: from a.example.jp (a.example.jp [192.0.2.1]) by b.example.jp (Postfix) with ESMTPS id 4F2A;\r\n \
        Sat, 21 Nov 2026 10:15:00 +0900 (JST)\r\n";
    let text = "お世話になっております。先日注文した品がまだ届いておりません。ご確認をお願いいたします。\r\n"
        .repeat(24);
    let quoted = "> このたびはご注文いただき、誠にありがとうございます。\r\n".repeat(12);
    let header = "From: =?utf-8?B?5bGx55SwIOWkqumDjg==?= <taro@example.com>\r\nTo: info@example.jp\r\n\
        Subject: =?utf-8?B?UmU6IOOBlOazqOaWh+OBruS7tg==?=\r\nDate: Sat, 21 Nov 2026 10:15:00 +0900\r\n\
        Message-ID: <1@example.com>\r\nIn-Reply-To: <0@example.jp>\r\nReferences: <0@example.jp>\r\nMIME-Version: 1.0\r\n\
        X-Mailer: Example Mail 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    format!(
        "{}{header}{text}\r\n2026/11/20 10:00、ことり堂 <info@example.jp>のメール:\r\n{quoted}",
        received.repeat(5)
    )
    .into_bytes()
}

fn main() -> std::io::Result<()> {
    let mut mails = Vec::new();
    match std::env::args_os().nth(1).map(PathBuf::from) {
        Some(folder) => collect(&folder, &mut mails)?,
        None => mails = vec![typical(); 1_000],
    }
    let bytes: usize = mails.iter().map(Vec::len).sum();
    let started = Instant::now();
    let letters: usize = mails.iter().map(|bytes| mail::read(bytes).text.len()).sum();
    let seconds = started.elapsed().as_secs_f64();
    println!("{} mails, {bytes} bytes in {seconds:.3} s ({letters} bytes of text)", mails.len());
    println!("{:.0} mails a second", f64::from(u32::try_from(mails.len()).unwrap_or(u32::MAX)) / seconds);
    Ok(())
}
