//! Who may do what: one function, so that narrowing later (by mailbox, by owner) changes no route.

use crate::codes::codes;
use crate::ids::{AgentId, MailboxId, TicketId};

codes! {
    /// What an agent is at the desk.
    pub enum Role {
        /// Reads and drafts; somebody else sends.
        Assistant => "assistant",
        /// Answers customers.
        Agent => "agent",
        /// Distributes, corrects, approves, watches.
        Supervisor => "supervisor",
        /// Settings, mailboxes, people.
        Administrator => "administrator",
    }
}

codes! {
    /// One thing that may be allowed.
    pub enum Verb {
        /// See tickets and messages.
        Read => "read",
        /// Write drafts and notes.
        Draft => "draft",
        /// Let a reply go out, set a status.
        Send => "send",
        /// Let another person's reply go out.
        Approve => "approve",
        /// Give tickets to people.
        Assign => "assign",
        /// Take data out of the desk.
        Export => "export",
        /// See customers' addresses.
        SeeAddress => "see_address",
        /// Change settings, mailboxes, people.
        Administer => "administer",
    }
}

/// A set of verbs; a JSON list of words outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verbs(u16);

impl Verbs {
    /// No verb at all.
    pub const NONE: Self = Self(0);

    /// Whether the verb is in the set.
    pub const fn has(self, verb: Verb) -> bool {
        self.0 & Self::bit(verb) != 0
    }

    /// What both sets have.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The verbs, in the order of [`Verb::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Verb> {
        Verb::ALL.iter().copied().filter(move |verb| self.has(*verb))
    }

    /// Reads `read,draft,send` (blanks around the words are allowed); the error is the word that is no verb.
    pub fn parse(words: &str) -> Result<Self, String> {
        words
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(|word| Verb::parse(word).ok_or_else(|| word.to_owned()))
            .collect()
    }

    const fn bit(verb: Verb) -> u16 {
        1 << verb as u16
    }
}

impl FromIterator<Verb> for Verbs {
    fn from_iter<I: IntoIterator<Item = Verb>>(verbs: I) -> Self {
        Self(verbs.into_iter().fold(0, |set, verb| set | Self::bit(verb)))
    }
}

impl std::fmt::Display for Verbs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<&str> = self.iter().map(Verb::as_str).collect();
        f.write_str(&words.join(","))
    }
}

impl serde::Serialize for Verbs {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> serde::Deserialize<'de> for Verbs {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Verb>::deserialize(deserializer)?.into_iter().collect())
    }
}

impl Role {
    /// What the role may do; each role may do what the one before it may.
    pub fn verbs(self) -> Verbs {
        use Verb::{Administer, Approve, Assign, Draft, Export, Read, SeeAddress, Send};
        match self {
            Self::Assistant => [Read, Draft, SeeAddress].into_iter().collect(),
            Self::Agent => [Read, Draft, SeeAddress, Send, Assign].into_iter().collect(),
            Self::Supervisor => {
                [Read, Draft, SeeAddress, Send, Assign, Approve, Export].into_iter().collect()
            }
            Self::Administrator => {
                [Read, Draft, SeeAddress, Send, Assign, Approve, Export, Administer].into_iter().collect()
            }
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// The person, or the owner of the token.
    pub agent: AgentId,
    /// The person's role today (a token never outlives its owner's rights).
    pub role: Role,
    /// What a token was made for; `None` for a signed-in person.
    pub verbs: Option<Verbs>,
}

impl Who {
    /// Everything this person or token may do somewhere.
    pub fn may(&self) -> Verbs {
        let own = self.role.verbs();
        self.verbs.map_or(own, |token| own.and(token))
    }

    /// Whether the account itself may be changed: its name, its password, its tokens. That is for the person; a token
    /// made for less must not make itself another one, or a new password.
    pub fn may_change_account(&self) -> bool {
        self.verbs.is_none() || self.may().has(Verb::Administer)
    }
}

/// Whether `who` may do `verb`, at a mailbox and on a ticket where the question is about one.
///
/// At first every role sees every mailbox; the places are arguments now so that no caller changes later.
pub fn can(who: &Who, verb: Verb, _mailbox: Option<MailboxId>, _ticket: Option<TicketId>) -> bool {
    who.may().has(verb)
}

/// What a new token gets of what was asked for: never more than its owner has.
pub fn token_verbs(owner: Role, asked: Verbs) -> Verbs {
    owner.verbs().and(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(role: Role) -> Who {
        Who { agent: AgentId(1), role, verbs: None }
    }

    #[test]
    fn each_role_may_exactly_what_the_table_says() {
        let table = [
            (Role::Assistant, "read,draft,see_address"),
            (Role::Agent, "read,draft,send,assign,see_address"),
            (Role::Supervisor, "read,draft,send,approve,assign,export,see_address"),
            (Role::Administrator, "read,draft,send,approve,assign,export,see_address,administer"),
        ];
        for (role, words) in table {
            assert_eq!(role.verbs().to_string(), words, "{role}");
            for verb in Verb::ALL {
                let expected = words.split(',').any(|word| word == verb.as_str());
                assert_eq!(can(&person(role), *verb, None, None), expected, "{role} {verb}");
            }
        }
    }

    #[test]
    fn a_token_may_only_what_it_was_made_for() {
        let who = Who { verbs: Some(Verbs::parse("read").unwrap()), ..person(Role::Administrator) };
        assert!(can(&who, Verb::Read, Some(MailboxId(1)), Some(TicketId(2))));
        assert!(!can(&who, Verb::Send, None, None));
    }

    #[test]
    fn a_token_loses_what_its_owner_loses() {
        let who = Who { verbs: Some(Verbs::parse("read,administer").unwrap()), ..person(Role::Agent) };
        assert!(!can(&who, Verb::Administer, None, None));
    }

    #[test]
    fn an_account_is_changed_by_its_person_or_by_a_token_that_administers() {
        let token = |role, verbs| Who { verbs: Some(Verbs::parse(verbs).unwrap()), ..person(role) };
        assert!(person(Role::Assistant).may_change_account());
        assert!(token(Role::Administrator, "administer").may_change_account());
        assert!(!token(Role::Administrator, "read,draft,send,export").may_change_account());
        assert!(!token(Role::Agent, "administer").may_change_account());
    }

    #[test]
    fn a_token_is_never_made_stronger_than_its_owner() {
        let asked = Verbs::parse("read, send ,administer").unwrap();
        assert_eq!(token_verbs(Role::Agent, asked).to_string(), "read,send");
    }

    #[test]
    fn a_word_that_is_no_verb_is_named() {
        assert_eq!(Verbs::parse("read,sned"), Err("sned".to_owned()));
        assert_eq!(Verbs::parse(""), Ok(Verbs::NONE));
    }

    #[test]
    fn verbs_are_a_list_of_words_outside() {
        let verbs = Verbs::parse("send,read").unwrap();
        let json = serde_json::to_string(&verbs).unwrap();
        assert_eq!(json, r#"["read","send"]"#);
        assert_eq!(serde_json::from_str::<Verbs>(&json).unwrap(), verbs);
    }
}
