//! The closed lists of the contract: what kind of mail, what is suspicious about it, what went wrong in it.
//! Each word here stands in the API, in the database and on the screens; a new one enters the contract first.

/// Writes one closed list: the enum, its words, and reading a word back.
macro_rules! closed_list {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every word of the list, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word as it stands in the contract.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The entry with this word; `None` for a word that is not in the list.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use closed_list;

closed_list! {
    /// What kind of mail this is (contract §2).
    Kind {
        /// Written by a person.
        Human = "human",
        /// Sent by a web form on a person's behalf.
        Form = "form",
        /// A machine's answer: a vacation note, an acknowledgement.
        AutoReply = "auto_reply",
        /// A mail of ours came back.
        Bounce = "bounce",
        /// A report that a mail arrived or was opened.
        Receipt = "receipt",
        /// A contribution to a mailing list.
        List = "list",
        /// A newsletter or advertisement sent to many.
        Newsletter = "newsletter",
        /// A machine's notice that is none of the others.
        Notification = "notification",
        /// Nothing could be read; the bytes are kept all the same.
        Unreadable = "unreadable",
    }
}

closed_list! {
    /// What a mail is suspected of; always shown with its reason, never a verdict.
    Suspicion {
        /// Marked as spam.
        Spam = "spam",
        /// Marked as carrying a virus.
        Virus = "virus",
        /// The sender is probably not who the header says.
        Spoof = "spoof",
    }
}

closed_list! {
    /// What can be dangerous about an attachment.
    Danger {
        /// Runs when opened.
        Executable = "executable",
        /// A script.
        Script = "script",
        /// A shortcut or link file.
        Shortcut = "shortcut",
        /// A disk image.
        DiskImage = "disk_image",
        /// An office file that may carry macros.
        Macro = "macro",
        /// `invoice.pdf.exe`.
        DoubleExtension = "double_extension",
        /// The bytes are of another type than name or label say.
        DisguisedType = "disguised_type",
        /// An archive with a program inside.
        ExecutableInArchive = "executable_in_archive",
        /// An archive that can't be looked into.
        EncryptedArchive = "encrypted_archive",
        /// An archive that would unpack to an absurd size.
        ArchiveBomb = "archive_bomb",
        /// The name turns the reading direction.
        BidiName = "bidi_name",
        /// A scanner found a virus.
        Virus = "virus",
        /// HTML or SVG that could run scripts in a browser.
        HtmlActive = "html_active",
    }
}

closed_list! {
    /// What an agent should look at before answering.
    Warning {
        /// The answer would go to another domain than From.
        ReplyToOtherDomain = "reply_to_other_domain",
        /// Return-Path is of another domain than From.
        ReturnPathOtherDomain = "return_path_other_domain",
        /// A domain that looks like a known one.
        LookalikeDomain = "lookalike_domain",
        /// A display name in more than one script.
        MixedScriptName = "mixed_script_name",
        /// The display name is another mail address.
        DisplayNameIsAddress = "display_name_is_address",
        /// Characters that turn the reading direction.
        Bidi = "bidi",
        /// The mail program named is not the one that wrote this.
        MailerMismatch = "mailer_mismatch",
        /// Dated later than it arrived.
        FutureDate = "future_date",
        /// Dated long before it arrived.
        PastDate = "past_date",
        /// A hop is dated before the one under it.
        ClockBackwards = "clock_backwards",
        /// From one of our own addresses, but not by us.
        ForgedOwnAddress = "forged_own_address",
        /// A Message-ID that another mail already has.
        MessageIdReused = "message_id_reused",
        /// An address that is probably mistyped.
        AddressSlip = "address_slip",
        /// There is no Message-ID.
        NoMessageId = "no_message_id",
    }
}

closed_list! {
    /// What was wrong with the bytes, and was read all the same.
    Problem {
        /// Eight-bit characters stand unencoded in a header.
        RawEightBitHeader = "raw_eight_bit_header",
        /// ISO-2022-JP stands unencoded in a header.
        RawJisHeader = "raw_jis_header",
        /// There is no charset label: it was guessed.
        CharsetGuessed = "charset_guessed",
        /// The charset label is not known.
        CharsetUnknown = "charset_unknown",
        /// The charset label is wrong.
        CharsetMislabelled = "charset_mislabelled",
        /// An encoded-word that can't be decoded.
        BrokenEncodedWord = "broken_encoded_word",
        /// Base64 with characters that don't belong there.
        BrokenBase64 = "broken_base64",
        /// Parts nested deeper than is read.
        TooDeep = "too_deep",
        /// More parts than are read.
        TooManyParts = "too_many_parts",
        /// A multipart without its end.
        TruncatedMultipart = "truncated_multipart",
        /// A multipart without a boundary.
        MissingBoundary = "missing_boundary",
        /// A header longer than is read.
        HeaderTooLong = "header_too_long",
        /// Control characters were taken out of the text.
        ControlsRemoved = "controls_removed",
        /// NUL characters were taken out.
        NulRemoved = "nul_removed",
        /// The text is longer than is read.
        TooLarge = "too_large",
        /// Nothing could be read.
        Unreadable = "unreadable",
    }
}

closed_list! {
    /// Why a mail came back: Sisimai's vocabulary (<https://libsisimai.org/en/reason/>), closed by contract §2.
    Reason {
        /// The sender's server could not prove who it is (SPF, DKIM, DMARC).
        AuthFailure = "authfailure",
        /// The sending address or server has a bad name.
        BadReputation = "badreputation",
        /// The sending server is refused.
        Blocked = "blocked",
        /// Something in the header or body is malformed.
        ContentError = "contenterror",
        /// Larger than the address may receive.
        EmailTooLarge = "emailtoolarge",
        /// A limit of the recipient is exceeded.
        ExceedLimit = "exceedlimit",
        /// Given up after days of trying.
        Expired = "expired",
        /// TLS could not be started.
        FailedStartTls = "failedstarttls",
        /// A complaint, not a bounce.
        Feedback = "feedback",
        /// A filter of the recipient.
        Filtered = "filtered",
        /// The recipient has moved away.
        HasMoved = "hasmoved",
        /// There is no such domain or server.
        HostUnknown = "hostunknown",
        /// The mailbox is full.
        MailboxFull = "mailboxfull",
        /// The recipient's mail program failed.
        MailerError = "mailererror",
        /// The message is too big.
        MesgTooBig = "mesgtoobig",
        /// The network or DNS failed.
        NetworkError = "networkerror",
        /// Relaying is refused.
        NoRelaying = "norelaying",
        /// The server takes no mail.
        NotAccept = "notaccept",
        /// The mail breaks a standard.
        NotCompliantRfc = "notcompliantrfc",
        /// Held for an unknown reason.
        OnHold = "onhold",
        /// Against a rule of the receiving side.
        PolicyViolation = "policyviolation",
        /// Too much in too little time.
        RateLimited = "ratelimited",
        /// Refused because of the sender's address.
        Rejected = "rejected",
        /// The sending address has no reverse name.
        RequirePtr = "requireptr",
        /// A security rule.
        SecurityError = "securityerror",
        /// Taken for spam.
        SpamDetected = "spamdetected",
        /// Sent too fast.
        Speeding = "speeding",
        /// On the sender's own list of addresses not to write to.
        Suppressed = "suppressed",
        /// The account is suspended.
        Suspend = "suspend",
        /// A command that the server did not understand.
        SyntaxError = "syntaxerror",
        /// The receiving system failed.
        SystemError = "systemerror",
        /// The receiving disk is full.
        SystemFull = "systemfull",
        /// Too many connections at once.
        TooManyConn = "toomanyconn",
        /// Not to be told.
        Undefined = "undefined",
        /// There is no such address.
        UserUnknown = "userunknown",
        /// The recipient is away.
        Vacation = "vacation",
        /// Taken for a virus.
        VirusDetected = "virusdetected",
    }
}
