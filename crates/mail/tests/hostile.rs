//! Mails made to hurt: one piece over and over, in every place of a mail. Each must be read in one go; what looks at the
//! rest again for each piece would take minutes here. (No clock is looked at: such a test would simply not end.)

use mail::{Kind, Mail};

/// Bytes of each mail, about.
const SIZE: usize = 80_000;

/// Pieces that begin something, end something, or do neither.
const PIECES: &[&str] = &[
    "(",
    "<",
    "\"",
    "\\",
    ",",
    "=?",
    "=?u?Q?a",
    "?=",
    ";a=",
    ";a*0*=b'",
    ">",
    "\n>",
    "\n",
    "a\n>b\n",
    "a@b.jp ",
    "a@b.jp,",
    "<a@b>",
    "\u{1b}$B",
    "\u{1b}",
    "=\n",
    "YQ==\n",
    "--b\n",
    "--b\n\n",
    "-- \n",
    "From: a\n",
    "On 2026 a@b:\n",
    "━━━━━\n",
    "&",
    "cid:",
    "é",
];

fn read(head: &str, piece: &str, tail: &str) -> Mail {
    mail::read(format!("From: a@example.jp\n{head}{}{tail}", piece.repeat(SIZE / piece.len())).as_bytes())
}

/// In a header field: no more of it than fits into a value that is read, but as many fields as there is room for.
fn in_field(name: &str) {
    for piece in PIECES {
        let value = piece.replace('\n', "\n ").repeat(60_000 / piece.len());
        let mail = read("", &format!("{name}: {value}\n"), "\nbody\n");
        assert_ne!(mail.kind, Kind::Unreadable, "{name} {piece:?}");
    }
}

fn in_body(head: &str) {
    for piece in PIECES {
        let mail = read(&format!("Subject: x\n{head}\n\n"), piece, "\n");
        assert_ne!(mail.kind, Kind::Unreadable, "{head} {piece:?}");
    }
}

#[test]
fn fields_of_people_are_read_in_one_go() {
    in_field("To");
    in_field("Reply-To");
}

#[test]
fn fields_of_text_ids_and_dates_are_read_in_one_go() {
    ["Subject", "References", "Date", "Received"].into_iter().for_each(in_field);
}

#[test]
fn fields_with_parameters_are_read_in_one_go() {
    ["Content-Type", "Content-Disposition", "Content-Transfer-Encoding"].into_iter().for_each(in_field);
}

#[test]
fn texts_are_read_in_one_go() {
    in_body("Content-Type: text/plain; charset=utf-8");
    in_body("Content-Type: text/plain; charset=iso-2022-jp; format=flowed; delsp=yes");
}

#[test]
fn wrapped_contents_are_read_in_one_go() {
    for word in ["base64", "quoted-printable", "x-uuencode"] {
        in_body(&format!("Content-Transfer-Encoding: {word}"));
    }
}

#[test]
fn parts_and_reports_are_read_in_one_go() {
    in_body("Content-Type: multipart/mixed; boundary=b");
    in_body("Content-Type: message/delivery-status");
    in_body("Return-Path: <>\nSubject: Undelivered Mail\nFrom: MAILER-DAEMON@example.jp");
}

#[test]
fn pages_are_read_and_shown_in_one_go() {
    for piece in PIECES {
        let mail = read("Content-Type: text/html; charset=utf-8\n\n", piece, "\n");
        let page = mail.html.unwrap_or_default();
        mail::html::sanitise(&page, "cid:");
    }
}

#[test]
fn files_of_many_mails_are_parted_in_one_go() {
    for piece in ["\n", "From ", "From a 12:34\n", "\nFrom a 12:34\n", "\n\n\nFrom a\n"] {
        let file = piece.repeat(2 * SIZE / piece.len());
        let parted: usize = mail::mbox::split(file.as_bytes()).map(<[u8]>::len).sum();
        assert!(parted <= file.len(), "{piece:?}");
    }
}
