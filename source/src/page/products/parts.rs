//! What the words of a product's name stand for.

use std::sync::OnceLock;

use super::name::{is_passed, joins};
use super::system::{Bits, Line, line};
use super::token::{Script, Token, tokens};
use super::words::{QUALIFIERS, spellings};

/// Some words of a name that mean one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) kind: PartKind,
    /// Numbers of the first and the last word.
    pub(super) first: usize,
    pub(super) last: usize,
}

/// Meaning of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PartKind {
    /// Name of a line of systems.
    System(Line),
    Pack(u8),
    Bits(Bits),
    ServerCore,
    /// Release of a system that is serviced by version, or the year in an edition's name.
    Release(String),
    TerminalServer,
    MediaCenter,
    TabletPc,
    /// Word of another product that is built from the system.
    Embedded,
    /// Word of an edition that shares all updates with its system.
    Edition,
    Publisher,
    Number(String),
    /// Word that begins with an upper-case letter and is none of the above.
    Word,
    /// Word that carries nothing.
    Passed,
}

const EDITIONS: &[&str] = &[
    "edition",
    "editions",
    "professional",
    "home",
    "server",
    "workstation",
    "advanced",
    "datacenter",
    "standard",
    "enterprise",
    "web",
    "ultimate",
    "business",
    "basic",
    "premium",
    "family",
    "gold",
    "rtm",
    "version",
    "starter",
    "pro",
    "os",
    "r2",
    "services",
    "service",
    "pack",
    "packs",
];

/// Finds the parts of a name.
pub(super) fn parts(words: &[Token]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut at = 0;
    let mut is_in_system = false;
    while at < words.len() {
        let (mut kind, length) = part(&words[at..], is_in_system);
        if is_in_system && let Some(number) = further_pack(&kind, &parts, words, at) {
            kind = PartKind::Pack(number);
        }
        is_in_system = match kind {
            PartKind::System(_) => true,
            PartKind::Word => false,
            _ => is_in_system,
        };

        parts.push(Part { kind, first: at, last: at + length - 1 });
        at += length;
    }
    parts
}

/// Reads the second number of `Service Pack 3 or 4`, with only joining words between the two.
fn further_pack(kind: &PartKind, before: &[Part], words: &[Token], at: usize) -> Option<u8> {
    let PartKind::Number(number) = kind else { return None };
    let number = number.parse().ok().filter(|number| (1..=6).contains(number))?;
    let joining = before
        .iter()
        .rev()
        .take_while(|part| part.kind == PartKind::Passed && joins(&words[part.first].word))
        .count();
    let pack = before.len().checked_sub(joining + 1).map(|at| &before[at].kind);
    let is_joined = joining > 0 || words[at].is_parted;
    let is_alone = pack_at(&words[at + 1..]).is_none();
    (is_joined && is_alone && matches!(pack, Some(PartKind::Pack(_)))).then_some(number)
}

/// Reads the part that begins here and says how many words it takes.
fn part(words: &[Token], is_in_system: bool) -> (PartKind, usize) {
    let word = |at: usize| words.get(at).map_or("", |token| token.word.as_str());
    if let Some((line, length)) = line(words) {
        return (PartKind::System(line), length);
    }
    if let Some((number, length)) = pack_at(words) {
        return (PartKind::Pack(number), length);
    }
    for (kind, phrases) in phrase_kinds() {
        if let Some(length) = phrases.begin(words) {
            return (kind.clone(), length);
        }
    }

    let (kind, length) = match word(0) {
        "microsoft" | "microsoft's" => (PartKind::Publisher, 1),
        "itanium" | "ia64" => (PartKind::Bits(Bits::Itanium), 1),
        "ia" if word(1) == "64" => (PartKind::Bits(Bits::Itanium), 2),
        "x64" | "amd64" | "em64t" => (PartKind::Bits(Bits::X64), 1),
        "x86" => (PartKind::Bits(Bits::X86), 1),
        "32" | "32bit" => (PartKind::Bits(Bits::X86), 1),
        "64" | "64bit" => (PartKind::Bits(Bits::Wide), 1),

        // Elsewhere it is a component: `Windows Media Center on Windows 8.1`.
        "media" if is_in_system && word(1).starts_with("cent") => (PartKind::MediaCenter, 2),
        "tablet" if matches!(word(1), "pc" | "edition") => (PartKind::TabletPc, 2),
        "tabletpc" => (PartKind::TabletPc, 1),
        "embedded" => (PartKind::Embedded, 1),
        // What a system was before its first service pack: `Windows XP Gold, Service Pack 1`.
        "gold" | "rtm" if is_in_system => (PartKind::Pack(0), 1),
        "service" if begins_service(words) => (PartKind::Word, 1),
        name if is_release(name) && is_in_system => (PartKind::Release(name.to_owned()), 1),
        name if EDITIONS.contains(&name) => (PartKind::Edition, 1),
        name if is_passed(name) => (PartKind::Passed, 1),
        _ => match words.first() {
            // `9.0a` and `9.x` are versions too.
            Some(token)
                if token.script == Script::Number
                    || token.word.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                (PartKind::Number(token.word.clone()), 1)
            }
            Some(token) if token.script == Script::Latin && token.is_upper => (PartKind::Word, 1),
            _ => (PartKind::Passed, 1),
        },
    };
    (kind, length)
}

/// Tells whether a product's own name begins with the word: `Service Bus`.
fn begins_service(words: &[Token]) -> bool {
    let next = words.get(1).filter(|next| next.script == Script::Latin && next.is_upper);
    next.is_some_and(|next| !next.is_parted && !EDITIONS.contains(&next.word.as_str()))
        && words[0].is_upper
        && pack_at(words).is_none()
}

fn is_release(word: &str) -> bool {
    word.len() == 4
        && word.bytes().all(|b| b.is_ascii_digit())
        && (matches!(word, "2002" | "2003" | "2004" | "2005") || ("1507"..="1703").contains(&word))
}

/// Reads a service pack: `SP2`, `SP-3`, `Service Pack 6a`, `пакетом обновления 2`.
fn pack_at(words: &[Token]) -> Option<(u8, usize)> {
    let word = words.first()?.word.as_str();
    if let Some(number) = word.strip_prefix("sp").filter(|number| !number.is_empty()) {
        return Some((pack_number(number)?, 1));
    }
    let phrase = if word == "sp" { 1 } else { pack_phrases().begin(words)? };
    let number = words.get(phrase)?;
    Some((pack_number(&number.word)?, phrase + 1))
}

fn pack_number(text: &str) -> Option<u8> {
    let digits = text.strip_suffix(['a', 'b', 'c']).unwrap_or(text);
    digits.parse().ok().filter(|number| (1..=99).contains(number))
}

/// Reads the words for a second edition: `Druhé vydání`, `Seconda edizione`.
pub(super) fn second_edition(words: &[Token]) -> Option<usize> {
    static PHRASES: OnceLock<Phrases> = OnceLock::new();
    PHRASES.get_or_init(|| Phrases::of("second_edition")).begin(words)
}

/// Spellings of a key in every language, as words.
struct Phrases {
    /// The longest first.
    list: Vec<Vec<String>>,
    /// Bytes that a phrase begins with: most words begin none.
    first_bytes: [bool; 256],
}

impl Phrases {
    fn of(key: &'static str) -> Self {
        let mut list: Vec<Vec<String>> = spellings(QUALIFIERS, key)
            .into_iter()
            .map(|spelling| tokens(spelling).into_iter().map(|token| token.word).collect())
            .filter(|phrase: &Vec<String>| !phrase.is_empty())
            .collect();
        list.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
        let mut first_bytes = [false; 256];
        for byte in list.iter().filter_map(|phrase| phrase[0].bytes().next()) {
            first_bytes[usize::from(byte)] = true;
        }
        Self { list, first_bytes }
    }

    /// Tells how many words the phrase takes that begins here.
    fn begin(&self, words: &[Token]) -> Option<usize> {
        let first = words.first()?.word.bytes().next()?;
        if !self.first_bytes[usize::from(first)] {
            return None;
        }
        let fits = |phrase: &&Vec<String>| {
            words.len() >= phrase.len()
                && words.iter().zip(*phrase).all(|(token, word)| is_word(token, word))
        };
        self.list.iter().find(fits).map(Vec::len)
    }
}

/// Languages that are written without spaces run a phrase together with what follows it.
fn is_word(token: &Token, word: &str) -> bool {
    let is_run = || {
        token.script == Script::Other
            && token.word.starts_with(word)
            && word.chars().count() > 2
            && word.chars().all(|c| c as u32 >= 0x2e80)
    };
    token.word == word || is_run()
}

fn pack_phrases() -> &'static Phrases {
    static PHRASES: OnceLock<Phrases> = OnceLock::new();
    PHRASES.get_or_init(|| Phrases::of("service_pack"))
}

/// Phrases of the lexicons with what they stand for.
fn phrase_kinds() -> &'static [(PartKind, Phrases)] {
    static KINDS: OnceLock<Vec<(PartKind, Phrases)>> = OnceLock::new();
    KINDS.get_or_init(|| {
        vec![
            (PartKind::ServerCore, Phrases::of("server_core")),
            (PartKind::TerminalServer, Phrases::of("terminal_server")),
            // A package of the update is no part of the system's name.
            (PartKind::Passed, Phrases::of("package")),
            (PartKind::Pack(0), Phrases::of("no_service_pack")),
        ]
    })
}
