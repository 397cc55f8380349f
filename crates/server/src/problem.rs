//! Every problem type of the API (RFC 9457). Types are paths that never change; the sentence a person reads is made
//! from the type on the screen (`i18n`: `problem.<slug>`), so nothing here is written for people's eyes.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value};
use store::StoreError;
use utoipa::ToSchema;

/// Declares the kinds once: variant, slug, HTTP status, English title.
macro_rules! kinds {
    ($($variant:ident $slug:literal $status:ident $title:literal;)*) => {
        /// The closed list of problem types.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ProblemKind { $(#[doc = $title] $variant,)* }

        impl ProblemKind {
            /// Every kind, for the page of documentation and the test of the sentences.
            pub const ALL: &'static [ProblemKind] = &[$(ProblemKind::$variant,)*];

            /// The last segment of the type's path.
            pub fn slug(self) -> &'static str { match self { $(ProblemKind::$variant => $slug,)* } }

            /// The HTTP status that goes with it.
            pub fn status(self) -> StatusCode { match self { $(ProblemKind::$variant => StatusCode::$status,)* } }

            fn title(self) -> &'static str { match self { $(ProblemKind::$variant => $title,)* } }
        }
    };
}

kinds! {
    NotFound "not-found" NOT_FOUND "There is no such thing, or it is not yours to see";
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED "This path has other methods";
    NotSignedIn "not-signed-in" UNAUTHORIZED "Sign in first";
    WrongPassword "wrong-password" UNAUTHORIZED "The address or the password is wrong";
    TooManyAttempts "too-many-attempts" TOO_MANY_REQUESTS "Too many attempts; wait a little";
    TooManyRequests "too-many-requests" TOO_MANY_REQUESTS "This token asks too often; wait a little";
    NotAllowed "not-allowed" FORBIDDEN "Your role does not allow this";
    CsrfMissing "csrf-missing" FORBIDDEN "The Henji-CSRF header is missing or wrong";
    OriginRefused "origin-refused" FORBIDDEN "The request came from another site";
    SetupDone "setup-done" CONFLICT "The desk is already set up";
    SetupSecretWrong "setup-secret-wrong" FORBIDDEN "The setup link is not valid any more";
    InvalidInput "invalid-input" UNPROCESSABLE_ENTITY "Some fields need another value";
    BodyNotJson "body-not-json" BAD_REQUEST "The body is not the JSON that is expected here";
    BodyTooLarge "body-too-large" PAYLOAD_TOO_LARGE "The body is too large";
    CursorOfAnotherList "cursor-of-another-list" BAD_REQUEST "The cursor belongs to another list";
    ChangedMeanwhile "changed-meanwhile" CONFLICT "It was changed by someone else meanwhile";
    DraftChanged "draft-changed" CONFLICT "The draft was changed after it was read";
    DraftFrozen "draft-frozen" CONFLICT "The draft waits for approval";
    PenTaken "pen-taken" CONFLICT "Someone else is writing this draft";
    TicketMovedOn "ticket-moved-on" CONFLICT "A newer message arrived after the draft was begun";
    TicketMerged "ticket-merged" CONFLICT "The ticket is part of another one; go on there";
    QuoteAltered "quote-altered" UNPROCESSABLE_ENTITY "A quoted line differs from the customer's words";
    SendingIsOff "sending-is-off" CONFLICT "Sending is switched off for this mailbox";
    NoWayOut "no-way-out" CONFLICT "The mailbox has no outgoing mail server";
    NothingToSend "nothing-to-send" UNPROCESSABLE_ENTITY "The reply is empty";
    AttachmentsTooLarge "attachments-too-large" UNPROCESSABLE_ENTITY "The attachments are too large for mail";
    UploadGone "upload-gone" UNPROCESSABLE_ENTITY "An attachment was not found; upload it again";
    AlreadyOnItsWay "already-on-its-way" CONFLICT "The reply has already left";
    NotUnknown "not-unknown" CONFLICT "Only an unknown sending can be resolved";
    ReasonRequired "reason-required" UNPROCESSABLE_ENTITY "Say why no reply is needed";
    StatusNotAllowed "status-not-allowed" CONFLICT "The ticket cannot take this status now";
    AddressTaken "address-taken" CONFLICT "This address is already in use";
    LastAdministrator "last-administrator" CONFLICT "The desk needs at least one administrator";
    IdempotencyKeyUnreadable "idempotency-key-unreadable" BAD_REQUEST "The idempotency key must be 1 to 255 ASCII characters";
    IdempotencyKeyReused "idempotency-key-reused" UNPROCESSABLE_ENTITY "This idempotency key was used with another body";
    CannotMerge "cannot-merge" CONFLICT "These tickets cannot be joined now";
    SameTicket "same-ticket" CONFLICT "A ticket cannot be joined with itself";
    DeskNotEmpty "desk-not-empty" CONFLICT "Samples can only be loaded into an empty desk";
    Busy "busy" SERVICE_UNAVAILABLE "The database is busy; try again";
    Broken "broken" INTERNAL_SERVER_ERROR "Something went wrong on our side";
}

/// Everything that can be wrong with a field (contract §6.12): the closed list, each with a sentence on the screens.
pub const FIELD_CODES: &[&str] = &[
    "control_character",
    "file_name_missing",
    "invalid",
    "is_merged",
    "never_answered",
    "no_such_agent",
    "no_such_mailbox",
    "no_such_team",
    "not_a_choice",
    "not_a_host",
    "not_a_port",
    "not_a_time",
    "not_an_address",
    "not_by_hand",
    "not_quotable",
    "not_yet",
    "only_when_done",
    "out_of_range",
    "quote_altered",
    "quote_moved",
    "required",
    "same_as_email",
    "too_far",
    "too_large",
    "too_long",
    "too_many",
    "too_short",
    "too_simple",
    "unknown_field",
    "unknown_language",
    "unknown_timezone",
    "unknown_value",
    "wrong",
    "wrong_type",
];

/// One field that needs another value; `code` is what the screens translate (`field.<code>`).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldError {
    /// The path of the field in the body, such as `incoming.host`.
    pub field: String,
    /// What is wrong with it, from a closed list.
    pub code: String,
    /// The line (from 1) the error is in, for texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// The body of every error answer (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// A stable path such as `/problems/draft-changed`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same in English words.
    pub title: &'static str,
    /// The HTTP status again.
    pub status: u16,
    /// Values for the blanks in the sentence on the screen.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub params: Map<String, Value>,
    /// Fields that need another value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The line (from 1) of a text that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What stands there now, for a conflict; null: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Value>,
    #[serde(skip)]
    what: Option<ProblemKind>,
    #[serde(skip)]
    retry_after_s: Option<u64>,
}

impl Problem {
    /// A problem of this kind with nothing further to say.
    pub fn new(kind: ProblemKind) -> Problem {
        Problem {
            kind: format!("/problems/{}", kind.slug()),
            title: kind.title(),
            status: kind.status().as_u16(),
            params: Map::new(),
            errors: Vec::new(),
            line: None,
            current: None,
            what: Some(kind),
            retry_after_s: None,
        }
    }

    /// Adds a value for a blank of the sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Problem {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a field that needs another value; `code` is one of [`FIELD_CODES`].
    #[must_use]
    pub fn field(mut self, field: &str, code: &str) -> Problem {
        debug_assert!(FIELD_CODES.contains(&code), "{code} is not in FIELD_CODES");
        self.errors.push(FieldError { field: field.to_owned(), code: code.to_owned(), line: None });
        self
    }

    /// Names the fields by where they stand in the body: `within("administrator.")`.
    #[must_use]
    pub fn within(mut self, place: &str) -> Problem {
        self.errors.iter_mut().for_each(|error| error.field.insert_str(0, place));
        self
    }

    /// Says which line (from 1) of the text it is about, also in the fields and for the sentence.
    #[must_use]
    pub fn at_line(mut self, line: usize) -> Problem {
        self.line = Some(line);
        self.errors.iter_mut().for_each(|error| error.line = Some(line));
        self.with("line", line)
    }

    /// Refuses input that `desk` found faults in; nothing to refuse is fine.
    ///
    /// # Errors
    /// `invalid-input` with one entry a fault.
    pub fn of_faults(faults: &[desk::fault::Fault]) -> Result<(), Problem> {
        if faults.is_empty() {
            return Ok(());
        }
        let problem = Problem::new(ProblemKind::InvalidInput);
        Err(faults.iter().fold(problem, |problem, fault| problem.field(fault.field, fault.code)))
    }

    /// Adds what stands there now, so that a person can compare.
    #[must_use]
    pub fn current(mut self, current: impl Serialize) -> Problem {
        self.current = serde_json::to_value(current).ok();
        self
    }

    /// Says after how many seconds another try makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Problem {
        self.retry_after_s = Some(seconds);
        self.with("seconds", seconds)
    }

    /// Which kind this is.
    pub fn kind_of(&self) -> Option<ProblemKind> {
        self.what
    }

    /// Something broke on our side: the log keeps the detail, the answer only says so.
    pub fn broken(error: impl std::fmt::Display) -> Problem {
        tracing::error!(%error, "an action broke");
        Problem::new(ProblemKind::Broken)
    }
}

impl From<ProblemKind> for Problem {
    fn from(kind: ProblemKind) -> Problem {
        Problem::new(kind)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        match error {
            StoreError::NotFound => ProblemKind::NotFound.into(),
            StoreError::Conflict => ProblemKind::ChangedMeanwhile.into(),
            StoreError::Busy => Problem::new(ProblemKind::Busy).retry_after(1),
            StoreError::Broken(source) => Problem::broken(source),
        }
    }
}

impl store::MayBeBusy for Problem {
    fn is_busy(&self) -> bool {
        self.what == Some(ProblemKind::Busy)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry = self.retry_after_s;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_that_a_person_may_read_has_a_sentence_in_both_languages() {
        let problems = ProblemKind::ALL.iter().map(|kind| format!("problem.{}", kind.slug()));
        let fields = FIELD_CODES.iter().map(|code| format!("field.{code}"));
        let reasons = desk::thread::Because::ALL.iter().map(|why| format!("because.{why}"));
        let keys: Vec<String> = problems.chain(fields).chain(reasons).collect();
        for (name, text) in
            [("ja", include_str!("../../../i18n/ja.json")), ("en", include_str!("../../../i18n/en.json"))]
        {
            let words: Map<String, Value> = serde_json::from_str(text).unwrap();
            for key in &keys {
                assert!(words.contains_key(key), "{name}.json has no {key}");
            }
        }
    }

    #[test]
    fn what_broke_is_not_told_to_the_caller() {
        let body = serde_json::to_string(&Problem::broken("password=hunter2")).unwrap();
        assert!(!body.contains("hunter2"));
    }
}
