//! Port numbers of TCP and UDP in prose of any language.

use crate::page::spellings::Marks;

/// Characters between a protocol, or the last number, and the next number.
const WIDEST_GAP: usize = 26;
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
