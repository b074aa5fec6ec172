//! Products that are no operating system: their names in the words of every language.
//!
//! A text may name several of them, or several service packs of one. It is split where the parts
//! are names by themselves, so that `Word, Excel, and PowerPoint 2007 File Formats` stays whole.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use super::super::lexicon::Lexicon;
use super::name::{is_passed, is_product_like, joins};
use super::parts::{Part, PartKind, parts};
use super::token::{Token, tokens};
use super::words::{NAMES, QUALIFIERS, WIDTHS, spellings};
use staunch_model::Product;

/// Longest name that is written in English, in bytes.
const LONGEST_NAME: usize = 300;

/// Most places at which a text is tried to be split.
const MOST_BREAKS: usize = 16;

/// Lists the products that a text names: the part of the text that names each, and its canonical
/// name where every word of it is understood.
pub(super) fn products(text: &str) -> Vec<(String, Option<String>)> {
    let named = |name: String| {
        let canonical = canonical(&name);
        (name, canonical)
    };
    split(text).into_iter().map(named).collect()
}

/// Returns the canonical name of one product.
pub(super) fn canonical(text: &str) -> Option<String> {
    let fits = text.len() <= LONGEST_NAME && is_product_like(text);
    if fits { Name::of(text).canonical() } else { None }
}

/// A name without what says which package of the product it is.
struct Name {
    /// Words of the product's own name.
    own: Vec<Word>,
    packs: Vec<u8>,
    /// How many of the words stand before the service pack.
    before_pack: usize,
    /// What a bracket says of the width of addresses, in English.
    bits: Option<Bits>,
}

struct Word {
    lower: String,
    text: String,
    is_publisher: bool,
    is_passed: bool,
    is_parted: bool,
}

impl Name {
    fn of(text: &str) -> Self {
        let (body, bits) = match bits_bracket(text) {
            Some((from, to, bits)) => {
                (Cow::Owned(format!("{} {}", &text[..from], &text[to..])), Some(bits))
            }
            None => (Cow::Borrowed(text), None),
        };
        let tokens = tokens(&body);
        let mut name = Self { own: Vec::new(), packs: Vec::new(), before_pack: 0, bits };
        for part in parts(&tokens) {
            match part.kind {
                PartKind::Pack(number) => name.take_pack(number),
                _ => name.take(&body, &tokens, &part),
            }
        }
        name
    }

    fn take_pack(&mut self, number: u8) {
        // `z dodatkiem`, `с`: words that only attach the service pack.
        let attaches = |word: &Word| {
            let is_own = word.text.starts_with(char::is_uppercase) || is_english(&word.lower);
            word.is_passed && is_filler(&word.lower) && !is_own
        };
        let fillers = self.own.iter().rev().take_while(|word| attaches(word)).count();
        let kept = self.own.len() - fillers;
        // `(Itanium 기반 시스템용)`: the words belong to the processor before them.
        if !self.own[..kept].last().is_some_and(|word| is_processor(&word.lower)) {
            self.own.truncate(kept);
        }
        if number > 0 && !self.packs.contains(&number) {
            self.packs.push(number);
            self.before_pack = self.own.len();
        }
    }

    fn take(&mut self, text: &str, tokens: &[Token], part: &Part) {
        self.own.extend(tokens[part.first..=part.last].iter().map(|token| Word {
            lower: token.word.clone(),
            text: match &part.kind {
                // Some languages write a comma for the point of a version.
                PartKind::Number(number) => number.clone(),
                _ => text[token.start..token.end].to_owned(),
            },
            is_publisher: part.kind == PartKind::Publisher,
            is_passed: part.kind == PartKind::Passed,
            is_parted: token.is_parted,
        }));
    }

    fn is_same_product(&self, other: &Self) -> bool {
        let words = |name: &Self| -> Vec<String> {
            let own = name.own.iter().filter(|word| !word.is_publisher);
            own.map(|word| word.lower.clone()).collect()
        };
        let own = words(self);
        !own.is_empty() && own == words(other)
    }

    fn last_number(&self) -> Option<&str> {
        let is_number = |word: &&Word| word.text.starts_with(|c: char| c.is_ascii_digit());
        self.own.iter().rev().find(is_number).map(|word| word.text.as_str())
    }

    fn canonical(&self) -> Option<String> {
        if self.packs.len() > 1 {
            return None;
        }
        let mut words: Vec<&str> = Vec::new();
        let (mut is_translated, mut for_mac) = (false, None);
        let mut rest = self.own.as_slice();
        while let Some(first) = rest.first() {
            if let Some((name, length)) = known(rest) {
                is_translated = true;
                match name {
                    FOR_MAC => for_mac = Some(words.len()),
                    name => words.push(name),
                }
                rest = &rest[length..];
                continue;
            }
            if first.is_publisher && is_translated {
                rest = &rest[1..];
                continue;
            }
            let is_plain = (words.is_empty() || !first.is_parted)
                && (!first.is_passed || is_english(&first.lower));
            if !is_plain {
                return None;
            }
            words.push(&first.text);
            rest = &rest[1..];
        }
        if let Some(at) = for_mac {
            words.insert(mac_place(&words, at), FOR_MAC);
        }
        let pack = self.packs.first().map(|number| format!("Service Pack {number}"));
        let at = if is_translated { words.len() } else { self.before_pack };
        if let Some(pack) = &pack {
            words.insert(at.min(words.len()), pack);
        }
        let mut name = words.join(" ");
        if let Some(bits) = &self.bits {
            name = format!("{name} {}", bits.english(&name));
        }
        Some(Product::from_published_name(&name).to_string())
    }
}

/// Tells whether a word of some language only places what stands behind it.
fn is_filler(word: &str) -> bool {
    is_passed(word) && !joins(word)
}

fn is_processor(word: &str) -> bool {
    matches!(word, "itanium" | "ia64" | "x64" | "x86" | "32" | "64" | "bit")
}

/// English words that the publisher's names have between their capitals.
fn is_english(word: &str) -> bool {
    matches!(word, "for" | "of" | "the" | "bit" | "server")
}

const FOR_MAC: &str = "for Mac";

/// Returns where the publisher writes `for Mac`: before the year 2011 and after any other.
fn mac_place(words: &[&str], stood_at: usize) -> usize {
    let is_year = |word: &&str| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
    match words.iter().position(is_year) {
        Some(year) if words[year] == "2011" => year,
        Some(year) => year + 1,
        None if stood_at == 0 => words.len(),
        None => stood_at,
    }
}

/// Width of addresses that a bracket states.
pub(super) struct Bits {
    width: String,
    has_edition: bool,
}

impl Bits {
    /// Writes the bracket as the publisher does: the products of 2016 have one edition each.
    fn english(&self, name: &str) -> String {
        let noun = match self.has_edition {
            true if name.contains("2016") => " edition",
            true => " editions",
            false => "",
        };
        format!("({}-bit{noun})", self.width)
    }
}

/// Finds the bracket that states the width of addresses and nothing else: its bytes and what it
/// says.
pub(super) fn bits_bracket(text: &str) -> Option<(usize, usize, Bits)> {
    let mut from = 0;
    while let Some(found) = text[from..].find(['(', '\u{ff08}']) {
        let open = from + found;
        let inner = open + text[open..].chars().next().map_or(1, char::len_utf8);
        let close = inner + text[inner..].find([')', '\u{ff09}'])?;
        if let Some(bits) = stated_bits(&text[inner..close]) {
            let end = close + text[close..].chars().next().map_or(1, char::len_utf8);
            let start = text[..open].trim_end().len();
            return Some((start, end, bits));
        }
        from = inner;
    }
    None
}

fn stated_bits(inner: &str) -> Option<Bits> {
    if inner.len() > 60 {
        return None;
    }
    let is_width = |token: &Token| matches!(token.word.as_str(), "32" | "64");
    let (numbers, words): (Vec<Token>, Vec<Token>) = tokens(inner).into_iter().partition(is_width);
    let [number] = numbers.as_slice() else { return None };
    let words: Vec<String> = words.into_iter().map(|token| token.word).collect();
    let has_edition = *bit_words().get(&words)?;
    Some(Bits { width: number.word.clone(), has_edition })
}

/// Words that stand beside the number of bits, and whether they speak of an edition.
fn bit_words() -> &'static HashMap<Vec<String>, bool> {
    static WORDS: OnceLock<HashMap<Vec<String>, bool>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let of = |section, key, has_edition| {
            spellings(section, key).into_iter().map(move |text| (words_of(text), has_edition))
        };
        of(WIDTHS, "bit", false).chain(of(QUALIFIERS, "bit_edition", true)).collect()
    })
}

fn words_of(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| token.word).collect()
}

/// Returns the English name that the words begin with in some language, and how many they are.
fn known(words: &[Word]) -> Option<(&'static str, usize)> {
    type Phrases = HashMap<String, Vec<(Vec<String>, &'static str)>>;
    static NAMES_BY_WORD: OnceLock<Phrases> = OnceLock::new();
    let names = NAMES_BY_WORD.get_or_init(|| {
        let names = Lexicon::all().iter().flat_map(|lexicon| lexicon.section(NAMES).all());
        let macs = spellings(QUALIFIERS, "for_mac").into_iter().map(|text| (text, FOR_MAC));
        let mut phrases = Phrases::new();
        for (spelling, name) in names.chain(macs) {
            let words = words_of(spelling);
            if let Some(first) = words.first().cloned() {
                phrases.entry(first).or_default().push((words, name));
            }
        }
        for phrases in phrases.values_mut() {
            phrases.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        phrases
    });
    let begins = |phrase: &[String]| {
        // The publisher may stand anywhere within the name.
        let mut own = words.iter().enumerate().filter(|(_, word)| !word.is_publisher);
        let mut length = 0;
        for wanted in phrase {
            let (at, word) = own.next()?;
            if word.lower != *wanted {
                return None;
            }
            length = at + 1;
        }
        Some(length)
    };
    let phrases = names.get(&words.first()?.lower)?;
    phrases.iter().find_map(|(phrase, name)| Some((*name, begins(phrase)?)))
}

/// Splits a text that names several products, or several service packs of one.
fn split(text: &str) -> Vec<String> {
    let whole = || vec![text.to_owned()];
    // A product on another one, each in several service packs, is no list of products.
    if text.len() > 2 * LONGEST_NAME || [" - ", " \u{2013} "].iter().any(|dash| text.contains(dash))
    {
        return whole();
    }
    let breaks = breaks(text);
    if breaks.is_empty() || breaks.len() > MOST_BREAKS {
        return whole();
    }
    halves(text, &breaks)
        .or_else(|| further_packs(text, &breaks))
        .or_else(|| several(text, &breaks))
        .unwrap_or_else(whole)
}

/// A place between two names: the bytes at which the one ends and the other begins.
type Break = (usize, usize);

/// Finds the commas and the words that join, in any language, outside of brackets.
fn breaks(text: &str) -> Vec<Break> {
    let tokens = tokens(text);
    let is_open = |at: usize| {
        let count = |brackets: [char; 2]| text[..at].matches(brackets).count();
        count(['(', '\u{ff08}']) > count([')', '\u{ff09}'])
    };
    let mut breaks: Vec<Break> = Vec::new();
    for pair in tokens.windows(2) {
        let [before, token] = pair else { continue };
        if is_open(token.start) || joins(&token.word) {
            continue;
        }
        if joins(&before.word) {
            breaks.push((before.start, token.start));
        } else if token.is_parted {
            breaks.push((before.end, token.start));
        }
    }
    for (end, start) in &mut breaks {
        // Brackets stay with the name that they close; commas and joining words with none.
        let between = &text[*end..*start];
        let close = between.rfind([')', '\u{ff09}']);
        *end = close
            .map_or(*end, |at| *end + at + between[at..].chars().next().map_or(1, char::len_utf8));
        let kept = text[..*end].trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, ',' | ';' | '/' | '\u{3001}' | '\u{ff0c}' | '|' | '+')
        });
        *end = kept.len();
    }
    breaks
}

/// Splits a text whose halves name one product: `Visio 2010 and Visio 2010 Service Pack 1`.
fn halves(text: &str, breaks: &[Break]) -> Option<Vec<String>> {
    breaks.iter().find_map(|(end, start)| {
        let (left, right) = (&text[..*end], &text[*start..]);
        let (one, other) = (Name::of(left), Name::of(right));
        let is_split = one.is_same_product(&other)
            && one.packs.len() <= 1
            && other.packs.len() <= 1
            && one.packs != other.packs;
        is_split.then(|| with_bracket(&[left, right]))
    })
}

/// Gives the bracket at the end of the last name to those before it that have none.
fn with_bracket(names: &[&str]) -> Vec<String> {
    let last = names.last().copied().unwrap_or_default();
    let bracket = bits_bracket(last).filter(|(_, end, _)| *end == last.len());
    let bracket = bracket.map(|(start, ..)| &last[start..]);
    let complete = |name: &&str| match bracket {
        Some(bracket) if bits_bracket(name).is_none() => format!("{name}{bracket}"),
        _ => (*name).to_owned(),
    };
    names.iter().map(complete).collect()
}

/// Splits a product whose further service packs follow without its name: `Office 2003 Service
/// Pack 1 or Service Pack 2`, `… 1 (SP1) and 2 (SP2)`.
fn further_packs(text: &str, breaks: &[Break]) -> Option<Vec<String>> {
    let (first_end, _) = breaks.first()?;
    let head = &text[..*first_end];
    let words = tokens(head);
    let pack = parts(&words).into_iter().find(|part| matches!(part.kind, PartKind::Pack(1..)))?;
    if Name::of(head).packs.len() != 1 || bits_bracket(head).is_some() {
        return None;
    }
    let ends = breaks.iter().skip(1).map(|(end, _)| *end).chain([text.len()]);
    let mut names = vec![head.to_owned()];
    for ((_, start), end) in breaks.iter().zip(ends) {
        let segment = text.get(*start..end)?;
        let begins_with_number = pack_alone(segment)?;
        let kept =
            if begins_with_number { words[pack.last].start } else { words[pack.first].start };
        // `SP1` is one word with its number.
        let kept = if pack.first == pack.last && begins_with_number { return None } else { kept };
        names.push(format!("{}{segment}", &head[..kept]));
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Some(with_bracket(&names))
}

/// Tells whether a text is a service pack alone, and whether it begins with its number.
fn pack_alone(text: &str) -> Option<bool> {
    let without = match bits_bracket(text) {
        Some((start, end, _)) if end == text.len() => &text[..start],
        _ => text,
    };
    let tokens = tokens(without);
    let mut number = None;
    for part in parts(&tokens) {
        let stated = match part.kind {
            PartKind::Pack(stated) => stated,
            PartKind::Number(stated) => {
                stated.parse().ok().filter(|stated| (1..=9).contains(stated))?
            }
            PartKind::Passed if is_filler(&tokens[part.first].word) => continue,
            _ => return None,
        };
        if *number.get_or_insert(stated) != stated {
            return None;
        }
    }
    number?;
    Some(without.starts_with(|c: char| c.is_ascii_digit()))
}

/// Splits a text into products each of which is understood by itself.
fn several(text: &str, breaks: &[Break]) -> Option<Vec<String>> {
    let mut segments: Vec<&str> = Vec::new();
    let mut from = 0;
    for (at, (end, start)) in breaks.iter().enumerate() {
        let next_end = breaks.get(at + 1).map_or(text.len(), |(end, _)| *end);
        let (before, after) = (text.get(from..*end)?, text.get(*start..next_end)?);
        let begins_product = after.starts_with("Microsoft ") || {
            let first = after.split(' ').next().unwrap_or_default();
            let has_number = |text: &str| Name::of(text).last_number().is_some();
            is_product_like(first) && has_number(before) && has_number(after)
        };
        if begins_product {
            segments.push(before);
            from = *start;
        }
    }
    segments.push(text.get(from..)?);
    if segments.len() < 2 || segments.iter().any(|segment| canonical(segment).is_none()) {
        return None;
    }
    let numbers: Vec<_> =
        segments.iter().map(|segment| Name::of(segment).last_number().map(str::to_owned)).collect();
    let is_one_year = numbers.windows(2).all(|pair| pair[0] == pair[1]);
    if is_one_year {
        return Some(with_bracket(&segments));
    }
    Some(segments.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let name = |(name, canonical): (String, Option<String>)| {
            canonical.unwrap_or_else(|| format!("? {name}"))
        };
        products(text).into_iter().map(name).collect()
    }

    #[test]
    fn products_and_service_packs_in_one_text_are_split() {
        for (text, expected) in [
            (
                "Microsoft Office 2007 z dodatkiem Service Pack 2 i Microsoft Office 2007 z \
                 dodatkiem Service Pack 3",
                &["Office 2007 Service Pack 2", "Office 2007 Service Pack 3"][..],
            ),
            (
                "Microsoft Visio 2010 ve Microsoft Visio 2010 Service Pack 1 (32-bit sürümler)",
                &["Visio 2010 (32-bit editions)", "Visio 2010 Service Pack 1 (32-bit editions)"],
            ),
            (
                "Microsoft Office 2003 Service Pack 1 或 Service Pack 2",
                &["Office 2003 Service Pack 1", "Office 2003 Service Pack 2"],
            ),
            (
                "Microsoft Office 2003 с пакетами обновления 1 (SP1) и 2 (SP2)",
                &["Office 2003 Service Pack 1", "Office 2003 Service Pack 2"],
            ),
            (
                "Office 2003 SP1 and SP2",
                &["Office 2003 Service Pack 1", "Office 2003 Service Pack 2"],
            ),
            (
                "Microsoft Word 2002, Microsoft Works Suite 2002, Microsoft Works Suite 2003",
                &["Word 2002", "Works Suite 2002", "Works Suite 2003"],
            ),
            (
                "Microsoft Exchange Server 5.5, Service Pack 4",
                &["Exchange Server 5.5 Service Pack 4"],
            ),
            (
                "Microsoft Office Compatibility Pack for Word, Excel, and PowerPoint 2007 File \
                 Formats",
                &["Office Compatibility Pack for Word, Excel, and PowerPoint 2007 File Formats"],
            ),
            (
                "Microsoft Internet Security and Acceleration Server 2006 Service Pack 1",
                &["Internet Security and Acceleration Server 2006 Service Pack 1"],
            ),
            (
                "Microsoft Word 2002 und eine andere Sache",
                &["? Microsoft Word 2002 und eine andere Sache"],
            ),
        ] {
            assert_eq!(all(text), expected, "{text}");
        }
    }

    #[test]
    fn names_are_written_in_english() {
        for (text, expected) in [
            ("Mac için Microsoft Office 2004", "Office 2004 for Mac"),
            ("Mac용 Microsoft Office 2011", "Office for Mac 2011"),
            ("Microsoft Office 2011 dla komputerów Macintosh", "Office for Mac 2011"),
            ("Microsoft Word 2016（64 位版本）", "Word 2016 (64-bit edition)"),
            (
                "Microsoft Office 2010 서비스 팩 2(32비트 버전)",
                "Office 2010 Service Pack 2 (32-bit editions)",
            ),
            ("Microsoft Lync 2010 (64 bits)", "Lync 2010 (64-bit)"),
            ("Средство просмотра Microsoft Word", "Word Viewer"),
            (
                "2007 Microsoft Office System 서비스 팩 1",
                "2007 Microsoft Office System Service Pack 1",
            ),
            (
                "Microsoft Visio 2010（64 位版本）Service Pack 1",
                "Visio 2010 Service Pack 1 (64-bit editions)",
            ),
            ("Visualizzatore di PowerPoint Microsoft 2007", "PowerPoint Viewer 2007"),
            (
                "Microsoft Office 互換機能パック Service Pack 3",
                "Office Compatibility Pack Service Pack 3",
            ),
            (
                "用于 Word、Excel 和 PowerPoint 2007 文件格式 Service Pack 2 的 Microsoft Office 兼容包",
                "Office Compatibility Pack for Word, Excel, and PowerPoint 2007 File Formats Service Pack 2",
            ),
        ] {
            assert_eq!(all(text), [expected], "{text}");
        }
    }
}
