//! Deterministic Japanese support mails for the bench: the same seed gives the same bytes. They are small and varied
//! enough that no two have the same words; nobody reads them.

use std::{fs, io::Write, path::Path};

use anyhow::Context;
use data_encoding::BASE64_MIME;

const NAMES: [&str; 8] = ["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村"];
const THINGS: [&str; 8] =
    ["折りたたみ傘", "電気ケトル", "羽毛布団", "加湿器", "炊飯器", "抱っこ紐", "水筒", "化粧水"];
const MATTERS: [(&str, &str); 6] = [
    (
        "商品が届きません",
        "先日注文した{thing}(注文番号 A-{n})がまだ届きません。配送状況を調べていただけますか。",
    ),
    (
        "返品したい",
        "{thing}を購入しましたが、思っていた色と違いました。返品の方法を教えてください。注文番号はB-{n}です。",
    ),
    (
        "領収書の発行について",
        "注文番号C-{n}の領収書の発行をお願いいたします。但し書きは「{thing}代として」でお願いします。",
    ),
    ("{thing}が壊れています", "届いた{thing}の箱を開けたところ、角がへこんでいました。交換をお願いします。"),
    ("在庫の確認", "{thing}の再入荷はいつ頃になりますか。注文番号D-{n}の件も確認をお願いします。"),
    ("請求金額がおかしい", "カードの明細を見たら{thing}が二重に請求されています。確認して返金してください。"),
];

/// One mail with CRLF line ends.
pub fn mail(n: usize, seed: u64) -> Vec<u8> {
    let mut dice = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (n as u64).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let name = pick(&mut dice, &NAMES);
    let thing = pick(&mut dice, &THINGS);
    let (subject, body) = pick(&mut dice, &MATTERS);
    let fill = |text: &str| text.replace("{thing}", thing).replace("{n}", &format!("{n:06}"));
    let text = format!(
        "お世話になります。{name}です。\r\n\r\n{}\r\nよろしくお願いいたします。\r\n\r\n{name}\r\n",
        fill(body)
    );
    let word = |text: &str| format!("=?UTF-8?B?{}?=", data_encoding::BASE64.encode(text.as_bytes()));
    format!(
        "Received: from mail.example.net (mail.example.net [192.0.2.{}])\r\n\tby mx.example.jp; Sat, 21 Nov 2026 09:00:00 +0900\r\n\
         From: {} <customer{}@example.net>\r\nTo: support@bench.example\r\nSubject: {}\r\n\
         Date: Sat, 21 Nov 2026 {:02}:{:02}:{:02} +0900\r\nMessage-ID: <bench.{seed}.{n}@example.net>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        n % 250,
        word(name),
        n % 1_500,
        word(&fill(subject)),
        n / 3_600 % 24,
        n / 60 % 60,
        n % 60,
        BASE64_MIME.encode(text.as_bytes()),
    )
    .into_bytes()
}

fn pick<T: Copy>(dice: &mut u64, list: &[T]) -> T {
    *dice ^= *dice << 13;
    *dice ^= *dice >> 7;
    *dice ^= *dice << 17;
    let place = usize::try_from(*dice >> 33).unwrap_or_default() % list.len();
    list[place]
}

/// Writes `count` mails as `.eml` files into `folder`.
pub fn write(folder: &Path, count: usize, seed: u64) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    for n in 0..count {
        let mut file =
            fs::File::create(folder.join(format!("{n:06}.eml"))).context("a mail could not be written")?;
        file.write_all(&mail(n, seed))?;
    }
    Ok(())
}

/// All bytes of the folder's files.
#[expect(clippy::cast_precision_loss, reason = "a bench folder is far below 2^52 bytes")]
pub fn bytes(folder: &Path) -> anyhow::Result<f64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        sum += entry?.metadata()?.len();
    }
    Ok(sum as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_mails_and_another_number_another_mail() {
        assert_eq!(mail(7, 1), mail(7, 1));
        assert_ne!(mail(7, 1), mail(8, 1));
        assert!(mail(7, 1).is_ascii());
    }
}
