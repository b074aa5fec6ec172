//! From a product's name on a page to the products of the vocabulary.
//!
//! Names of systems and components are Latin on every page. What stands around them is in the
//! page's language and carries little: words in lower case or in another script are passed over,
//! and the lexicons name service packs and Server Core where those are translated.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::OnceLock;

use super::super::spellings::Marks;
use super::application;
use super::parts::{Part, PartKind, parts};
use super::system::{Mention, line};
use super::token::{Token, Tokens, tokens};
use super::words::{QUALIFIERS, spellings};
use staunch_model::Product;

/// A product that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    /// The part of the text that names it.
    pub(super) name: String,
    /// Name in the vocabulary.
    pub(super) canonical: Option<String>,
    /// Whether it names an operating system of the NT line.
    pub(super) is_system: bool,
    /// Service pack that the system never had.
    pub(super) impossible_pack: Option<u8>,
}

/// Longest text that is taken for a name, in bytes.
const LONGEST_NAME: usize = 600;

/// Longest heading whose systems are looked for, in bytes: some list every edition by its name.
const LONGEST_HEADING: usize = 8_000;

/// Names whose readings are kept at most.
const MOST_KEPT: usize = 10_000;

/// Reads the products that a text names. A text that names none is one product without a
/// canonical name.
pub(super) fn readings(text: &str) -> Rc<[Reading]> {
    thread_local! {
        /// The pages of a language name the same products again and again.
        static KEPT: RefCell<HashMap<String, Rc<[Reading]>>> = RefCell::default();
    }
    if let Some(known) = KEPT.with_borrow(|kept| kept.get(text).map(Rc::clone)) {
        return known;
    }
    let readings: Rc<[Reading]> = read(text).into();
    if text.len() <= LONGEST_NAME {
        KEPT.with_borrow_mut(|kept| {
            if kept.len() >= MOST_KEPT {
                kept.clear();
            }
            kept.insert(text.to_owned(), Rc::clone(&readings));
        });
    }
    readings
}

fn read(text: &str) -> Vec<Reading> {
    let unread = || Reading {
        name: text.to_owned(),
        canonical: None,
        is_system: false,
        impossible_pack: None,
    };
    if text.len() > LONGEST_NAME {
        return vec![unread()];
    }
    let tokens = tokens(text);
    let parts = parts(&tokens);
    let found = Found::of(text, &tokens, &parts);
    let readings = match (found.mentions.is_empty(), found.components.is_empty()) {
        (true, true) => Vec::new(),
        (true, false) => {
            let products = application::products(text).into_iter();
            products.map(|(name, canonical)| Reading { name, canonical, ..unread() }).collect()
        }
        (false, true) => found.systems(text),
        (false, false) => found.components_on_systems(text),
    };
    if readings.is_empty() { vec![unread()] } else { readings }
}

/// Lists the words of a name that tell editions of one system apart, and what is in brackets.
pub(super) fn editions(name: &str) -> Vec<String> {
    let after_bracket = |start: usize| name[..start].contains(['(', '\u{ff08}']);
    let words = tokens(name).into_iter().filter(|token| {
        after_bracket(token.start)
            || ["server", "professional", "workstation", "home", "starter", "client"]
                .contains(&token.word.as_str())
    });
    words.map(|token| token.word).collect()
}

/// Lists the systems that a sentence speaks of, as it names them.
pub(super) fn systems(sentence: &str) -> Vec<String> {
    let tokens = tokens(sentence);
    let found = Found::of(sentence, &tokens, &parts(&tokens));
    let starts = found.mentions.iter().skip(1).map(|(_, next)| next.start);
    let ends = starts.chain([sentence.len()]);
    let mut names: Vec<String> = Vec::new();
    for ((_, mention), next) in found.mentions.iter().zip(ends) {
        let name = segment(sentence, mention.start, mention.end, next);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Lists the canonical names of the systems of the NT line that a heading names, however many.
pub(super) fn system_names(heading: &str) -> Vec<String> {
    if heading.len() > LONGEST_HEADING {
        return Vec::new();
    }
    let tokens = tokens(heading);
    let found = Found::of(heading, &tokens, &parts(&tokens));
    let mentions = found.mentions.iter().map(|(_, mention)| mention);
    mentions
        .filter(|mention| mention.is_nt())
        .flat_map(|mention| mention.names())
        .flatten()
        .collect()
}

/// Lists the components that a sentence speaks of, as far as they are surely products.
pub(super) fn components(sentence: &str) -> Vec<String> {
    let tokens = tokens(sentence);
    let found = Found::of(sentence, &tokens, &parts(&tokens));
    let names = found.components.into_iter().filter_map(|component| {
        // The sentence's own words may stand before the name in capitals, and short ones after it.
        let words: Vec<&str> = component.name.split(' ').collect();
        let is_known = |word: &&str| KNOWN.contains(&word.to_lowercase().as_str());
        let start = words.iter().position(is_known)?;
        let is_lower = |word: &&str| word.starts_with(char::is_lowercase);
        let end = words.iter().rposition(|word| !is_lower(word))?;
        words.get(start..=end).map(|name| name.join(" "))
    });
    names.filter(|name| name.contains(' ')).collect()
}

/// Lists the systems of the NT line that a name speaks of, each with whether the vocabulary has it.
#[cfg(test)]
pub(super) fn mapped_systems(name: &str) -> Vec<bool> {
    let tokens = tokens(name);
    let found = Found::of(name, &tokens, &parts(&tokens));
    let mentions = found.mentions.iter().map(|(_, mention)| mention);
    mentions.filter(|m| m.is_nt()).map(|m| m.names().iter().all(Option::is_some)).collect()
}

/// Tells whether a text names a system or something that is installed on one.
pub(super) fn is_product_like(text: &str) -> bool {
    // Most texts have nothing of a name in them and need not be split.
    static ANY: Marks = Marks::new(KNOWN);
    static SYSTEM: Marks = Marks::new(&["win"]);
    if text.len() > LONGEST_NAME || !ANY.stand_in(text) && !SYSTEM.stand_in(text) {
        return false;
    }
    let mut tokens = Vec::new();
    for token in Tokens::of(text) {
        if KNOWN.contains(&token.word.as_str()) {
            return true;
        }
        tokens.push(token);
    }
    (0..tokens.len()).any(|at| line(&tokens[at..]).is_some())
}

/// Words that stand in the names of the publisher's products and rarely elsewhere.
const KNOWN: &[&str] = &[
    "microsoft",
    "windows",
    "office",
    "word",
    "excel",
    "powerpoint",
    "outlook",
    "exchange",
    "explorer",
    "visio",
    "sharepoint",
    "sql",
    "works",
    ".net",
    "isa",
    "biztalk",
    "directx",
    "msn",
    "silverlight",
    "flash",
    "edge",
    "lync",
    "skype",
    "publisher",
    "access",
    "frontpage",
    "project",
    "forefront",
    "xml",
    "jscript",
    "vbscript",
    "mdac",
];

/// Words of components that stand behind their system on some pages.
const COMPONENTS: &[&str] =
    &["Journal", "DirectWrite", "GDI", "SMTP", "NNTP", "Step", "RDP", "Messenger"];

/// A run of words that names something installed on a system.
struct Component {
    name: String,
    at: usize,
    /// Whether nothing but a comma or a word that joins parts it from the component before.
    is_joined: bool,
    /// Whether it is surely a product: known, or named before its system.
    is_sure: bool,
}

impl Component {
    fn on(&self, system: &str) -> Option<String> {
        let product = || Product::from_published_name(&format!("{} on {system}", self.name));
        self.is_sure.then(|| product().to_string())
    }
}

#[derive(Default)]
struct Found {
    /// Systems with the number of the part that each begins with.
    mentions: Vec<(usize, Mention)>,
    components: Vec<Component>,
    /// Number of the part after the last component.
    last_run: usize,
}

impl Found {
    fn of(text: &str, tokens: &[Token], parts: &[Part]) -> Self {
        let mut found = Self::default();
        let mut waiting = Mention::qualifiers();
        let mut is_in_system = false;
        // Where processors stand before the first system, they do before the others too.
        let mut bits_lead = false;
        let mut run: Option<(usize, usize)> = None;
        for (at, part) in parts.iter().enumerate() {
            let is_apart = matches!(part.kind, PartKind::Passed | PartKind::Bits(_))
                && tokens[part.first].is_parted
                && !joins(&tokens[part.first].word);
            if is_apart && run.is_some() {
                found.end_run(text, tokens, parts, run.take());
                is_in_system = false;
            }
            match &part.kind {
                PartKind::System(family) => {
                    found.end_run(text, tokens, parts, run.take());
                    let start = match at.checked_sub(1).map(|before| &parts[before]) {
                        Some(before) if before.kind == PartKind::Publisher => before.first,
                        _ => part.first,
                    };
                    let mut start = tokens[start].start;
                    if waiting.has_bits() {
                        bits_lead = true;
                        start = found.lead(tokens);
                    }
                    let mut mention = Mention::of(family.clone(), start, tokens[part.last].end);

                    mention.qualify(&std::mem::replace(&mut waiting, Mention::qualifiers()));
                    found.mentions.push((at, mention));
                    is_in_system = true;
                }
                PartKind::Word => {
                    is_in_system = false;
                    run = match run {
                        Some((first, last)) if last + 1 == at && !tokens[part.first].is_parted => {
                            Some((first, at))
                        }
                        ended => {
                            found.end_run(text, tokens, parts, ended);
                            Some((at, at))
                        }
                    };
                }
                PartKind::Edition if run.is_some_and(|(_, last)| last + 1 == at) => {
                    run = run.map(|(first, _)| (first, at));
                }
                PartKind::Number(_) | PartKind::Pack(_)
                    if run.is_some_and(|(_, last)| belongs(tokens, &parts[last..=at])) =>
                {
                    run = run.map(|(first, _)| (first, at));
                }
                PartKind::Publisher | PartKind::Passed => {}
                bits @ PartKind::Bits(_)
                    if bits_lead
                        && found.mentions.last().is_some_and(|(_, mention)| mention.has_bits()) =>
                {
                    waiting.take(bits, 0);
                }
                qualifier if is_in_system => {
                    if let Some((_, mention)) = found.mentions.last_mut() {
                        mention.take(qualifier, tokens[part.last].end);
                    }
                }
                qualifier if run.is_none() => waiting.take(qualifier, 0),
                _ => {}
            }
        }
        found.end_run(text, tokens, parts, run);
        // Qualifiers that stand behind all names belong to the last of them.
        if let Some((_, mention)) = found.mentions.last_mut() {
            mention.qualify(&waiting);
        }
        found
    }

    /// Returns the byte at which the words before the next system begin, without the one that
    /// joins it to the system before.
    fn lead(&self, tokens: &[Token]) -> usize {
        let end = self.mentions.last().map_or(0, |(_, mention)| mention.end);
        let mut after = tokens.iter().filter(|token| token.start >= end);
        match after.next() {
            Some(first) if end > 0 && joins(&first.word) => {
                after.next().map_or(first.start, |second| second.start)
            }
            Some(first) => first.start,
            None => end,
        }
    }

    fn end_run(
        &mut self,
        text: &str,
        tokens: &[Token],
        parts: &[Part],
        run: Option<(usize, usize)>,
    ) {
        let Some((first, last)) = run else { return };
        let own: Vec<Part> = parts[first..=last]
            .iter()
            .filter(|part| part.kind != PartKind::Passed)
            .cloned()
            .collect();
        let name = plain_name(text, tokens, &own);
        let is_name = parts[first..=last]
            .iter()
            .any(|part| part.kind == PartKind::Word && tokens[part.first].word != "windows");
        if is_name {
            let is_known = || name.split([' ', '-']).any(|word| COMPONENTS.contains(&word));
            let is_sure = self.mentions.is_empty() || is_product_like(&name) || is_known();
            let mut between = parts[self.last_run..first].iter();
            let is_joined = self.components.is_empty()
                || between.all(|part| {
                    part.kind == PartKind::Publisher || joins(&tokens[part.first].word)
                });
            self.last_run = last + 1;
            self.components.push(Component { name, at: first, is_joined, is_sure });
        }
    }

    /// Makes one product of each system.
    fn systems(&self, text: &str) -> Vec<Reading> {
        let mut readings = Vec::new();
        for (at, (_, mention)) in self.mentions.iter().enumerate() {
            let name = if self.mentions.len() == 1 {
                text.to_owned()
            } else {
                let next = self.mentions.get(at + 1).map_or(text.len(), |(_, next)| next.start);
                segment(text, mention.start, mention.end, next)
            };
            for canonical in mention.names() {
                readings.push(Reading {
                    name: name.clone(),
                    canonical,
                    is_system: mention.is_nt(),
                    impossible_pack: mention.impossible_pack(),
                });
            }
        }
        readings
    }

    /// Pairs components with the systems that they sit on, where the order of the words leaves no
    /// doubt.
    fn components_on_systems(&self, text: &str) -> Vec<Reading> {
        let one_to_one = || {
            let mut kinds: Vec<(usize, bool)> =
                self.components.iter().map(|c| (c.at, true)).collect();
            kinds.extend(self.mentions.iter().map(|(at, _)| (*at, false)));
            kinds.sort_unstable();
            kinds.windows(2).all(|pair| pair[0].1 != pair[1].1) && kinds.len().is_multiple_of(2)
        };
        let is_clear = self.components.len() == 1;
        let pairs: Vec<(&Component, &Mention)> = if is_clear {
            self.mentions.iter().map(|(_, mention)| (&self.components[0], mention)).collect()
        } else if one_to_one() {
            self.components.iter().zip(self.mentions.iter().map(|(_, mention)| mention)).collect()
        } else {
            let all =
                |component| self.mentions.iter().map(move |(_, mention)| (component, mention));
            if !self.is_grouped() {
                return vec![Reading {
                    name: text.to_owned(),
                    canonical: None,
                    is_system: self.mentions.iter().any(|(_, mention)| mention.is_nt()),
                    impossible_pack: None,
                }];
            }
            self.components.iter().flat_map(all).collect()
        };
        let mut readings = Vec::new();
        for (component, mention) in pairs {
            for system in mention.names() {
                readings.push(Reading {
                    name: text.to_owned(),
                    canonical: system.and_then(|system| component.on(&system)),

                    is_system: mention.is_nt(),
                    impossible_pack: mention.impossible_pack(),
                });
            }
        }
        readings
    }

    /// Tells whether all components stand together on one side of all systems.
    fn is_grouped(&self) -> bool {
        if !self.components.iter().all(|component| component.is_joined) {
            return false;
        }
        let components = || self.components.iter().map(|component| component.at);
        let systems = || self.mentions.iter().map(|(at, _)| *at);
        components().max() < systems().min() || systems().max() < components().min()
    }
}

/// Tells whether the last of some parts is a version or a service pack of the first, with only a
/// few words that carry nothing between them.
fn belongs(tokens: &[Token], parts: &[Part]) -> bool {
    let [_, between @ .., last] = parts else { return false };
    let is_passed = |part: &Part| part.kind == PartKind::Passed && !joins(&tokens[part.first].word);
    let is_version = match &last.kind {
        PartKind::Number(number) => number.contains('.'),
        _ => true,
    };
    between.is_empty() || (between.len() <= 3 && is_version && between.iter().all(is_passed))
}

/// Cuts the text of one mention out of a list of them.
fn segment(text: &str, start: usize, end: usize, next: usize) -> String {
    let mut end = end;
    // A bracket that the mention opened is closed with it.
    let opens = text[start..end].matches(['(', '\u{ff08}']).count();
    if opens > text[start..end].matches([')', '\u{ff09}']).count() {
        end = text[end..next].find([')', '\u{ff09}']).map_or(end, |close| {
            let close = end + close;
            close + text[close..].chars().next().map_or(0, char::len_utf8)
        });
    }
    text[start..end].trim().to_owned()
}

/// Writes a run of parts with service packs in English.
fn plain_name(text: &str, tokens: &[Token], parts: &[Part]) -> String {
    let mut words: Vec<String> = parts
        .iter()
        .map(|part| match &part.kind {
            PartKind::Pack(0) => String::new(),
            PartKind::Pack(number) => format!("Service Pack {number}"),
            PartKind::Number(number) => number.clone(),
            _ => text[tokens[part.first].start..tokens[part.last].end].to_owned(),
        })
        .collect();
    // `пакетом обновления 2 (SP2)` says it twice.
    words.dedup();
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

/// Tells whether a word only places or joins products, in any language.
pub(super) fn is_passed(word: &str) -> bool {
    static WORDS: OnceLock<HashSet<String>> = OnceLock::new();
    joins(word) || WORDS.get_or_init(|| single_words("places")).contains(word)
}

/// Tells whether a word joins products, in any language.
pub(super) fn joins(word: &str) -> bool {
    static WORDS: OnceLock<HashSet<String>> = OnceLock::new();
    WORDS.get_or_init(|| single_words("joins")).contains(word)
}

fn single_words(key: &'static str) -> HashSet<String> {
    spellings(QUALIFIERS, key).into_iter().flat_map(tokens).map(|token| token.word).collect()
}
