//! One macro for every closed list of the desk.
//!
//! A value of such a list is the same word in code, in the database, in the API and in the translation
//! files; the word stands once, beside its variant.

/// Declares an enum whose variants are words: gives `ALL`, `as_str()`, `parse()`, `Display` and serde in the
/// very words that stand behind the arrows.
macro_rules! codes {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident => $code:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $code)] $variant,)+ }

        impl $name {
            /// Every value, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word under which the value is stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The value of a stored or received word; `None` for any other word.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($code => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use codes;

#[cfg(test)]
mod tests {
    codes! {
        /// Two fruits.
        pub enum Fruit {
            /// Red.
            Apple => "apple",
            /// Long.
            SweetPotato => "sweet_potato",
        }
    }

    #[test]
    fn a_word_is_the_same_in_text_and_in_json() {
        for fruit in Fruit::ALL {
            assert_eq!(Fruit::parse(fruit.as_str()), Some(*fruit));
            assert_eq!(serde_json::to_string(fruit).unwrap(), format!("\"{fruit}\""));
            assert_eq!(serde_json::from_str::<Fruit>(&format!("\"{fruit}\"")).unwrap(), *fruit);
        }
        assert_eq!(Fruit::ALL.len(), 2);
    }

    #[test]
    fn an_unknown_word_is_no_value() {
        assert_eq!(Fruit::parse("Apple"), None);
        assert_eq!(Fruit::parse(""), None);
    }
}
