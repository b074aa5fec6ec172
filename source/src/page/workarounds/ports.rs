//! Port numbers of TCP and UDP in prose of any language.

use crate::page::spellings::Marks;

/// Characters between a protocol, or the last number, and the next number.
const WIDEST_GAP: usize = 26;
/// Characters between a word for ports and a number without a protocol.
const NARROW_GAP: usize = 8;
/// Most ports of one workaround.
const MOST_PORTS: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Tcp,
    Udp,
    Both,
}

impl Protocol {
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Tcp => &["TCP"],
            Self::Udp => &["UDP"],
            Self::Both => &["TCP", "UDP"],
        }
    }
}

/// A piece of text: a word of letters, a number, or the characters between.
#[derive(Debug, Clone, Copy)]
enum Piece<'t> {
    Word(&'t str),
    Number(&'t str),
    Other(&'t str),
}

/// Finds ports as `TCP 139` in a text; a protocol holds for the numbers that follow it closely.
pub(super) fn ports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    static PROTOCOLS: Marks = Marks::new(&["TCP", "UDP"]);
    if !PROTOCOLS.stand_in(text) {
        return found;
    }
    let mut protocol: Option<Protocol> = None;
    let mut gap = 0;
    let mut had_number = false;
    let mut last_word = "";
    let pieces = pieces(text);
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Word(word) => {
                let next = [pieces.get(at + 1), pieces.get(at + 2)];
                let is_suite = matches!(next, [Some(Piece::Other("/")), Some(Piece::Word("IP"))]);
                let named = named(word).filter(|_| !is_suite);
                match (named, protocol) {
                    (Some(named), Some(open)) if !had_number && gap < 12 && named != open => {
                        protocol = Some(Protocol::Both);
                        gap = 0;
                    }
                    (Some(named), _) => {
                        protocol = Some(named);
                        had_number = false;
                        gap = 0;
                    }
                    (None, _) if is_suite => protocol = None,
                    _ => gap += word.chars().count(),
                }
                last_word = word;
            }
            Piece::Number(digits) => {
                let Some(open) = protocol.filter(|_| gap <= WIDEST_GAP) else { continue };
                let is_named =
                    ["Windows", "Server", "Pack", "SP", "Version", "MS", "KB"].contains(&last_word);
                let port = digits.parse::<u16>().ok().filter(|port| *port > 0 && digits.len() > 1);
                let Some(port) = port.filter(|_| !is_named) else { continue };
                gap = 0;
                had_number = true;
                last_word = "";
                for name in open.names() {
                    let port = format!("{name} {port}");
                    if found.len() < MOST_PORTS && !found.contains(&port) {
                        found.push(port);
                    }
                }
            }
            Piece::Other(marks) => {
                gap += marks.chars().count();
                if marks.contains(". ") || marks.contains(['。', ';', '\n']) {
                    protocol = None;
                }
            }
        }
    }
    found
}

/// Finds the numbers beside a word for ports in a title without a protocol: `ports 443 and 636`.
///
/// `words` are the spellings of that word; numbers that follow one another closely belong together.
pub(super) fn numbers<'w>(title: &str, words: impl Iterator<Item = &'w str>) -> Vec<String> {
    let lower = title.to_lowercase();
    let mut places: Vec<(usize, usize)> = Vec::new();
    for word in words {
        let is_start = |at: usize| {
            let before = lower[..at].chars().next_back();
            !word.is_ascii() || !before.is_some_and(char::is_alphabetic)
        };
        let found = lower.match_indices(word).filter(|(at, _)| is_start(*at));
        places.extend(found.map(|(at, _)| (at, at + word.len())));
    }
    let mut rest: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for part in lower.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 1 && lower[at..at + digits].parse::<u16>().is_ok() {
            rest.push((at, at + digits));
        }
        at += part.len();
    }
    let is_near = |one: (usize, usize), other: (usize, usize)| {
        let (left, right) = if one.0 < other.0 { (one, other) } else { (other, one) };
        lower.get(left.1..right.0).is_some_and(|gap| gap.chars().count() <= NARROW_GAP)
    };
    let mut found: Vec<(usize, usize)> = Vec::new();
    while let Some(next) =
        rest.iter().position(|number| places.iter().any(|place| is_near(*number, *place)))
    {
        let number = rest.remove(next);
        places.push(number);
        found.push(number);
    }
    found.sort_unstable();
    found.into_iter().take(MOST_PORTS).map(|(from, to)| lower[from..to].to_owned()).collect()
}

fn named(word: &str) -> Option<Protocol> {
    match word {
        "TCP" | "tcp" => Some(Protocol::Tcp),
        "UDP" | "udp" => Some(Protocol::Udp),
        _ => None,
    }
}

/// Cuts a text where letters, digits and other characters meet; ideographs are words of one.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    #[derive(PartialEq, Clone, Copy)]
    enum Kind {
        Word,
        Number,
        Other,
    }
    let kind = |c: char| {
        if c.is_ascii_digit() {
            Kind::Number
        } else if c.is_ascii_alphabetic() || (c.is_alphabetic() && c < '\u{2e80}') {
            Kind::Word
        } else {
            Kind::Other
        }
    };
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut open: Option<Kind> = None;
    let mut push = |from: usize, to: usize, kind: Kind| {
        let text = &text[from..to];
        pieces.push(match kind {
            Kind::Word => Piece::Word(text),
            Kind::Number => Piece::Number(text),
            Kind::Other => Piece::Other(text),
        });
    };
    for (at, c) in text.char_indices() {
        match open {
            Some(last) if last == kind(c) => {}
            Some(last) => {
                push(start, at, last);
                start = at;
            }
            None => {}
        }
        open = Some(kind(c));
    }
    if let Some(last) = open {
        push(start, text.len(), last);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beside_the_word_are_ports() {
        for (text, word, expected) in [
            ("Zablokowanie portów 139 i 445 na zaporze", "port", "139,445"),
            ("封鎖防火牆上的 443 和 636 連接埠", "連接埠", "443,636"),
            ("Suporta Office 2003 e comporta 2007", "porta", ""),
            ("Turn off port filtering in Windows 2000", "port", ""),
        ] {
            assert_eq!(numbers(text, std::iter::once(word)).join(","), expected, "{text}");
        }
    }

    #[test]
    fn ports_follow_their_protocol() {
        for (text, expected) in [
            (
                "UDP 連接埠 135、137、138 和 445，以及 TCP 連接埠 139 和 593。",
                "UDP 135,UDP 137,UDP 138,UDP 445,TCP 139,TCP 593",
            ),
            ("Blockieren Sie die TCP-Ports 139 und 445 an der Firewall", "TCP 139,TCP 445"),
            ("TCP and UDP port 1900 and 5000", "TCP 1900,UDP 1900,TCP 5000,UDP 5000"),
            ("TCP/IP filtering on Windows 2000", ""),
            ("use TCP on Windows 2000", ""),
        ] {
            assert_eq!(ports(text).join(","), expected);
        }
    }
}
