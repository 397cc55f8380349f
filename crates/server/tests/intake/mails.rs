//! Mails as they come in.

/// A mail to put together.
pub struct Letter {
    /// From.
    pub from: String,
    /// To.
    pub to: String,
    /// Message-ID without brackets; none leaves the header out.
    pub id: Option<String>,
    /// References and In-Reply-To, the last one counts.
    pub answers: Vec<String>,
    /// Subject.
    pub subject: String,
    /// Date.
    pub date: String,
    /// Further header lines.
    pub more: Vec<String>,
    /// The text.
    pub text: String,
}

/// A customer's first mail.
pub fn hana(id: &str) -> Letter {
    Letter {
        from: "花 <hana@mail.example>".to_owned(),
        to: "support@shop.example".to_owned(),
        id: Some(id.to_owned()),
        answers: Vec::new(),
        subject: "Where is my tea?".to_owned(),
        date: "Fri, 20 Nov 2026 10:00:00 +0900".to_owned(),
        more: Vec::new(),
        text: "お茶がまだ届きません。\n注文番号はA-10234です。\n".to_owned(),
    }
}

/// Our own mail, as another program of ours sent it before this desk was there.
pub fn ours(id: &str, to: &str) -> Letter {
    Letter {
        from: "Shop <support@shop.example>".to_owned(),
        to: to.to_owned(),
        subject: "Re: Where is my tea?".to_owned(),
        date: "Fri, 20 Nov 2026 11:00:00 +0900".to_owned(),
        text: "昨日発送しました。\n".to_owned(),
        ..hana(id)
    }
}

impl Letter {
    /// It answers the mail of this id.
    pub fn answering(mut self, id: &str) -> Letter {
        self.answers.push(id.to_owned());
        self
    }

    /// One more header line.
    pub fn with(mut self, line: &str) -> Letter {
        self.more.push(line.to_owned());
        self
    }

    /// The mail, lines ended by LF.
    pub fn text(&self) -> String {
        let mut lines = vec![
            format!("From: {}", word(&self.from)),
            format!("To: {}", self.to),
            format!("Subject: {}", self.subject),
            format!("Date: {}", self.date),
        ];
        lines.extend(self.id.iter().map(|id| format!("Message-ID: <{id}>")));
        if let Some(last) = self.answers.last() {
            let all: Vec<String> = self.answers.iter().map(|id| format!("<{id}>")).collect();
            lines.push(format!("In-Reply-To: <{last}>"));
            lines.push(format!("References: {}", all.join(" ")));
        }
        lines.extend(self.more.iter().cloned());
        lines.push("MIME-Version: 1.0".to_owned());
        lines.push("Content-Type: text/plain; charset=utf-8".to_owned());
        lines.push("Content-Transfer-Encoding: 8bit".to_owned());
        format!("{}\n\n{}", lines.join("\n"), self.text)
    }
}

/// The name before an address as an encoded-word, if it needs one.
fn word(from: &str) -> String {
    match from.split_once(" <") {
        Some((name, address)) if !name.is_ascii() => {
            format!("=?UTF-8?B?{}?= <{address}", data_encoding::BASE64.encode(name.as_bytes()))
        }
        _ => from.to_owned(),
    }
}

/// A delivery report that says that this mail did not reach this address.
pub fn bounce(of: &str, recipient: &str) -> String {
    format!(
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: support@shop.example
Subject: Undelivered Mail Returned to Sender
Date: Fri, 20 Nov 2026 12:00:00 +0900
Message-ID: <bounce.{recipient}@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=\"cut\"

--cut
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: user unknown

--cut
Content-Type: message/rfc822

From: Shop <support@shop.example>
To: {recipient}
Subject: Re: Where is my tea?
Message-ID: <{of}>

Sent yesterday.

--cut--
"
    )
}
