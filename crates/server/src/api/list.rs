//! Lists and their cursors (contract §6.12). A cursor is opaque: the sort value and id of the last item with a hash of
//! what was asked, so that a cursor of another list is refused instead of giving wrong rows.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use crate::problem::{Problem, ProblemKind};

/// How many items a page has if nothing is said, and at most.
pub const PAGE: i64 = 50;
/// The largest page.
pub const LARGEST: i64 = 100;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// What goes into `after` for the next page; null at the end.
    #[schema(required)]
    pub next: Option<String>,
}

/// The usual questions of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// `next` of the page before.
    pub after: Option<String>,
    /// How many items, at most 100.
    pub limit: Option<i64>,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The value the list is sorted by.
    pub value: i64,
    /// The id of the last item.
    pub id: i64,
}

impl Paging {
    /// The size of the page, within its bounds.
    pub fn size(&self) -> i64 {
        self.limit.unwrap_or(PAGE).clamp(1, LARGEST)
    }

    /// Where to go on; `list` names the filter and the sort.
    ///
    /// # Errors
    /// `cursor-of-another-list` when the cursor was not given by this list.
    pub fn place(&self, list: &str) -> Result<Option<Place>, Problem> {
        self.after
            .as_deref()
            .map(|text| read(text, list).ok_or(ProblemKind::CursorOfAnotherList.into()))
            .transpose()
    }
}

impl<T> Page<T> {
    /// A page of at most `size` items out of rows that were asked for with one more; `place` tells where an item is.
    pub fn cut<R>(
        mut rows: Vec<R>,
        size: i64,
        list: &str,
        place: impl Fn(&R) -> Place,
        shape: impl FnMut(R) -> T,
    ) -> Page<T> {
        let size = usize::try_from(size).unwrap_or_default();
        let more = rows.len() > size;
        rows.truncate(size);
        let next = rows.last().filter(|_| more).map(|row| write(place(row), list));
        Page { items: rows.into_iter().map(shape).collect(), next }
    }
}

/// The text of a cursor.
pub fn write(place: Place, list: &str) -> String {
    let mut bytes = Vec::with_capacity(24);
    bytes.extend(place.value.to_be_bytes());
    bytes.extend(place.id.to_be_bytes());
    bytes.extend(&Sha256::digest(list.as_bytes())[..8]);
    BASE64URL_NOPAD.encode(&bytes)
}

fn read(text: &str, list: &str) -> Option<Place> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    let (value, rest) = bytes.split_first_chunk::<8>()?;
    let (id, hash) = rest.split_first_chunk::<8>()?;
    (hash == &Sha256::digest(list.as_bytes())[..8])
        .then(|| Place { value: i64::from_be_bytes(*value), id: i64::from_be_bytes(*id) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(list: &str, after: Option<String>) -> Page<i64> {
        let start = Paging { after, limit: Some(2) }.place(list).unwrap().map_or(0, |place| place.id);
        let rows: Vec<i64> = (start + 1..=5).take(3).collect();
        Page::cut(rows, 2, list, |id| Place { value: 0, id: *id }, |id| id)
    }

    #[test]
    fn a_list_is_walked_to_its_end_without_gap_or_double() {
        let first = page("a", None);
        let second = page("a", first.next);
        let third = page("a", second.next);
        assert_eq!([first.items, second.items, third.items].concat(), [1, 2, 3, 4, 5]);
        assert_eq!(third.next, None);
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let next = page("a", None).next;
        let refused = Paging { after: next, limit: None }.place("b").unwrap_err();
        assert_eq!(refused.kind_of(), Some(ProblemKind::CursorOfAnotherList));
        assert!(Paging { after: Some("x".to_owned()), limit: None }.place("a").is_err());
    }
}
