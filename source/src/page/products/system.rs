//! Operating systems in the names of products.

use super::parts::{PartKind, second_edition};
use super::token::Token;
use staunch_model::{Family, OperatingSystem};

/// Line of systems that a name begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    Nt(Family),
    /// A system on MS-DOS, by its name; to the vocabulary it is no operating system.
    Legacy(&'static str),
}

/// Width of addresses, or the processor, as a name tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bits {
    X86,
    X64,
    Itanium,
    /// `64-Bit`: Itanium up to Server 2003, x64 since.
    Wide,
}

/// Reads the name of a line of systems, and says how many words it takes.
pub(super) fn line(words: &[Token]) -> Option<(Line, usize)> {
    let word = |at: usize| words.get(at).map_or("", |token| token.word.as_str());
    // Commas part products, so that a name does not go on over one.
    let joined = |at: usize| words.get(at).is_some_and(|token| !token.is_parted);
    let (start, glued) = match word(0) {
        "windows" | "win" => (1, None),
        name => (0, Some(name.strip_prefix("windows")?)),
    };
    let name = glued.unwrap_or_else(|| word(start));
    let next = start + usize::from(glued.is_none());
    let next = next.max(1);
    let is_r2 = |at: usize| word(at) == "r2" && joined(at);
    let nt = |family, length| Some((Line::Nt(family), length));
    match name {
        "nt" | "nt4" | "nt4.0" => nt_line(words, next),
        "2000" => nt(Family::Windows2000, next),
        "xp" => nt(Family::WindowsXp, next),
        "vista" => nt(Family::WindowsVista, next),
        "7" => nt(Family::Windows7, next),
        "8" => nt(Family::Windows8, next),
        "10" => nt(Family::Windows10, next),
        "8.1" if word(next) == "rt" => nt(Family::WindowsRt81, next + 1),
        "8.1" => nt(Family::Windows81, next),
        "rt" if word(next) == "8.1" => nt(Family::WindowsRt81, next + 1),
        "rt" => nt(Family::WindowsRt, next),
        "2003" if is_r2(next) => nt(Family::Server2003R2, next + 1),
        "2003" => nt(Family::Server2003, next),
        "2008" if is_r2(next) => nt(Family::Server2008R2, next + 1),
        "2008" => nt(Family::Server2008, next),
        "server" => match word(next) {
            "2000" => nt(Family::Windows2000, next + 1),
            "2003" if is_r2(next + 1) => nt(Family::Server2003R2, next + 2),
            "2003" => nt(Family::Server2003, next + 1),
            "2008" if is_r2(next + 1) => nt(Family::Server2008R2, next + 2),
            "2008" => nt(Family::Server2008, next + 1),
            "2012" if is_r2(next + 1) => nt(Family::Server2012R2, next + 2),
            "2012" => nt(Family::Server2012, next + 1),
            "2016" => nt(Family::Server2016, next + 1),
            _ => None,
        },
        "95" => Some((Line::Legacy("Windows 95"), next)),
        "98" | "98se" => Some(windows_98(words, next, name == "98se")),
        "me" | "millennium" | "millenium" | "millennum" => {
            let rest = words[next.min(words.len())..].iter();
            let rest = rest
                .take_while(|token| matches!(token.word.as_str(), "millennium" | "edition" | "me"));
            Some((Line::Legacy("Windows Millennium Edition"), next + rest.count()))
        }
        _ => None,
    }
}

/// `NT 4.0`, `NT Server 4.0`, `NT 4.0 Workstation`; other versions of NT are no line here.
fn nt_line(words: &[Token], next: usize) -> Option<(Line, usize)> {
    let word = |at: usize| words.get(at).map_or("", |token| token.word.as_str());
    if word(next - 1) != "nt" {
        return Some((Line::Nt(Family::WindowsNt4), next));
    }
    let kinds = words[next.min(words.len())..]
        .iter()
        .take(2)
        .take_while(|token| matches!(token.word.as_str(), "server" | "workstation" | "terminal"))
        .count();
    // The terminal server's words are qualifiers and stay where they are.
    let kinds = if word(next) == "terminal" { 0 } else { kinds.min(1) };
    match word(next + kinds) {
        "4.0" | "4" => Some((Line::Nt(Family::WindowsNt4), next + kinds + 1)),
        number if number.starts_with('3') => None,
        _ => Some((Line::Nt(Family::WindowsNt4), next + kinds)),
    }
}

/// `98`, `98 Second Edition (SE)`, `98 SE`.
fn windows_98(words: &[Token], next: usize, is_glued: bool) -> (Line, usize) {
    let translated = second_edition(&words[next.min(words.len())..]).unwrap_or(0);
    let rest = words[(next + translated).min(words.len())..].iter();
    let rest = rest.take_while(|token| !token.is_parted);
    let names = ["second", "edition", "se", "gold"];
    let length = translated + rest.take_while(|token| names.contains(&token.word.as_str())).count();
    let is_second = is_glued
        || translated > 0
        || words[next.min(words.len())..][..length]
            .iter()
            .any(|token| token.word.starts_with("se"));
    let name = if is_second { "Windows 98 Second Edition" } else { "Windows 98" };
    (Line::Legacy(name), next + length)
}

/// A system as a text names it, with what the words around its name add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) line: Line,
    /// Bytes of the text from the name to its last qualifier.
    pub(super) start: usize,
    pub(super) end: usize,
    packs: Vec<u8>,
    bits: Vec<Bits>,
    is_core: bool,
    release: Option<String>,
    is_terminal_server: bool,
    edition: Option<&'static str>,
    is_embedded: bool,
}

impl Mention {
    pub(super) fn of(line: Line, start: usize, end: usize) -> Self {
        Self { line, start, end, ..Self::qualifiers() }
    }

    /// Makes a mention that only gathers qualifiers.
    pub(super) fn qualifiers() -> Self {
        Self {
            line: Line::Legacy(""),
            start: 0,
            end: 0,
            packs: Vec::new(),
            bits: Vec::new(),
            is_core: false,
            release: None,
            is_terminal_server: false,
            edition: None,
            is_embedded: false,
        }
    }

    /// Takes a qualifier in that ends at a byte of the text.
    pub(super) fn take(&mut self, part: &PartKind, end: usize) {
        match part {
            PartKind::Pack(number) if !self.packs.contains(number) => self.packs.push(*number),
            PartKind::Bits(bits) if !self.bits.contains(bits) => self.bits.push(*bits),
            PartKind::ServerCore => self.is_core = true,
            PartKind::Release(release) => self.release = Some(release.clone()),
            PartKind::TerminalServer => self.is_terminal_server = true,
            PartKind::MediaCenter => self.edition = Some("Media Center Edition"),
            PartKind::TabletPc => self.edition = Some("Tablet PC Edition"),
            PartKind::Embedded => self.is_embedded = true,
            PartKind::Pack(_) | PartKind::Bits(_) | PartKind::Edition => {}
            _ => return,
        }
        self.end = self.end.max(end);
    }

    /// Tells whether the system is of the NT line.
    pub(super) fn is_nt(&self) -> bool {
        matches!(self.line, Line::Nt(_))
    }

    pub(super) fn has_bits(&self) -> bool {
        !self.bits.is_empty()
    }

    /// Takes the qualifiers of another over.
    pub(super) fn qualify(&mut self, other: &Self) {
        for bits in &other.bits {
            if !self.bits.contains(bits) {
                self.bits.push(*bits);
            }
        }
        if self.packs.is_empty() {
            self.packs.clone_from(&other.packs);
        }
        self.is_core |= other.is_core;
        self.is_embedded |= other.is_embedded;
    }

    /// Returns the first service pack that the system never had.
    pub(super) fn impossible_pack(&self) -> Option<u8> {
        let Line::Nt(family) = self.line else { return None };
        let last = last_pack(family);
        self.packs.iter().copied().find(|pack| *pack > last)
    }

    /// Returns the canonical name of every system that the mention stands for; nothing in place of
    /// one that the vocabulary lacks.
    pub(super) fn names(&self) -> Vec<Option<String>> {
        let family = match self.line {
            Line::Nt(family) => family,
            Line::Legacy(name) => return vec![Some(name.to_owned())],
        };
        if self.is_embedded || self.impossible_pack().is_some() {
            return vec![None];
        }
        let packs = if self.packs.is_empty() { vec![0] } else { self.packs.clone() };
        let mut names = Vec::new();
        for pack in packs {
            for architecture in self.architectures(family) {
                names.push(self.name(family, architecture, pack));
            }
        }
        names
    }

    /// Returns the words for the processors in the form that the vocabulary reads.
    fn architectures(&self, family: Family) -> Vec<&'static str> {
        let is_old = family < Family::WindowsVista;
        let has_exact = self.bits.iter().any(|bits| *bits != Bits::Wide);
        let mut found: Vec<&'static str> = Vec::new();
        for bits in &self.bits {
            let word = match bits {
                Bits::X86 if is_old => "",
                Bits::X86 => " for 32-bit Systems",
                Bits::X64 if is_old => " x64 Edition",
                Bits::X64 => " for x64-based Systems",
                Bits::Itanium => " for Itanium-based Systems",
                // `x64 (64-Bit)` and `64-Bit (Itanium)` say it once more in other words.
                Bits::Wide if has_exact => continue,
                Bits::Wide if is_old => " for Itanium-based Systems",
                Bits::Wide => " for x64-based Systems",
            };
            if !found.contains(&word) {
                found.push(word);
            }
        }
        let is_client_without = matches!(
            family,
            Family::Windows7 | Family::Windows8 | Family::Windows81 | Family::Windows10
        );
        match (found.is_empty(), is_client_without) {
            (true, true) => vec![" for 32-bit Systems", " for x64-based Systems"],
            (true, false) => vec![""],
            (false, _) => found,
        }
    }

    fn name(&self, family: Family, architecture: &str, pack: u8) -> Option<String> {
        let mut name = family.as_str().to_owned();
        let is_single = matches!(
            family,
            Family::WindowsRt | Family::WindowsRt81 | Family::Server2012 | Family::Server2012R2
        );
        let of_2003 = self.release.as_deref() == Some("2003");
        match (family, self.edition, self.release.as_deref()) {
            (Family::WindowsXp, Some(edition), Some("2005")) => {
                name = format!("{name} {edition} 2005");
            }
            (Family::WindowsXp, None, Some("2003")) if architecture.contains("Itanium") => {
                name = format!("{name} 64-Bit Edition Version 2003");
            }
            (Family::Windows10, _, Some(release)) if release < "2000" => {
                name = format!("{name} Version {release}");
            }
            _ => {}
        }
        if family == Family::WindowsNt4 && self.is_terminal_server {
            name.push_str(" Terminal Server Edition");
        }
        if !(is_single || (of_2003 && family == Family::WindowsXp)) {
            name.push_str(architecture);
        }
        if pack > 0 {
            name = format!("{name} Service Pack {pack}");
        }
        if self.is_core {
            name.push_str(" (Server Core installation)");
        }
        name.parse().ok().map(|system: OperatingSystem| system.to_string())
    }
}

/// Number of the last service pack of a family.
fn last_pack(family: Family) -> u8 {
    match family {
        Family::WindowsNt4 => 6,
        Family::Windows2000 => 4,
        Family::WindowsXp => 3,
        Family::Server2003 | Family::Server2003R2 | Family::WindowsVista | Family::Server2008 => 2,
        Family::Windows7 | Family::Server2008R2 => 1,
        _ => 0,
    }
}
