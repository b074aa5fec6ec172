//! Bytes of a collected text to characters, whatever program and language wrote them.

use encoding_rs::Encoding;

use super::code_page::{CP437, CP720, CP737, CP775, CP850, CP852, CP857, CP862, CodePage};

/// A decoded inventory text.
#[derive(Debug)]
pub(crate) struct Text {
    content: String,
    encoding: &'static str,
    cut: bool,
    wide: Option<Wide>,
}

/// Where UTF-16 begins: after how many characters of 8 bits, and at which byte.
#[derive(Debug, Clone, Copy)]
struct Wide {
    characters: usize,
    start: usize,
}

/// One line of a text, counted from one, without its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'t> {
    pub(crate) number: usize,
    pub(crate) text: &'t str,
}

/// Reason why bytes are no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected text at byte offset {offset}, found the binary value {value:#04x}")]
pub struct TextError {
    offset: usize,
    value: u32,
}

impl Text {
    /// Decodes bytes; nothing is lost but halves of surrogate pairs and a last odd byte of UTF-16.
    ///
    /// Marked and unmarked UTF-16, an 8-bit message in front of UTF-16 (WMIC's first start),
    /// UTF-8, and the console and Windows code pages are told apart by content.
    ///
    /// # Errors
    /// [`TextError`] when the bytes hold control characters that no text has.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, TextError> {
        let text = match bytes {
            [0xff, 0xfe, ..] => Self::utf16("UTF-16LE", "", bytes, 2, u16::from_le_bytes),
            [0xfe, 0xff, ..] => Self::utf16("UTF-16BE", "", bytes, 2, u16::from_be_bytes),
            [0xef, 0xbb, 0xbf, rest @ ..] => Self::bytewise(rest),
            _ => match bytes.iter().position(|byte| *byte == 0) {
                Some(nul) => Self::unmarked_utf16(bytes, nul),
                None => Self::bytewise(bytes),
            },
        };
        match text.content.chars().position(is_binary) {
            None => Ok(text),
            Some(index) => Err(text.binary_at(index, bytes)),
        }
    }

    /// Names the place of a character in the bytes.
    fn binary_at(&self, index: usize, bytes: &[u8]) -> TextError {
        let value = self.content.chars().nth(index).map_or(0, u32::from);
        let offset = match self.wide {
            None => bytes.iter().position(|byte| is_binary(char::from(*byte))).unwrap_or(0),
            Some(Wide { characters, start }) => {
                let wide = self.content.chars().take(index).skip(characters);
                start + wide.map(|c| 2 * c.len_utf16()).sum::<usize>()
            }
        };
        TextError { offset, value }
    }

    fn utf16(
        encoding: &'static str,
        head: &str,
        bytes: &[u8],
        start: usize,
        unit: impl Fn([u8; 2]) -> u16,
    ) -> Self {
        let (pairs, rest) = bytes[start..].as_chunks::<2>();
        let units = pairs.iter().map(|pair| unit(*pair));
        let tail = char::decode_utf16(units)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .filter(|c| *c != '\u{feff}');
        Self {
            content: head.chars().chain(tail).collect(),
            encoding,
            cut: !rest.is_empty(),
            wide: Some(Wide { characters: head.chars().count(), start }),
        }
    }

    /// Finds where UTF-16 without a mark begins: at the first character with a zero byte, unless
    /// what stands before it cannot be an 8-bit message.
    fn unmarked_utf16(bytes: &[u8], nul: usize) -> Self {
        if nul == 0 && is_mostly_narrow(bytes, 0) {
            return Self::utf16("UTF-16BE", "", bytes, 0, u16::from_be_bytes);
        }
        let Some(start) = nul.checked_sub(1) else { return Self::bytewise(bytes) };
        let head = bytes[..start].strip_suffix(&[0xff, 0xfe]).unwrap_or(&bytes[..start]);
        let is_message = |c: &u8| matches!(c, b'\t' | b'\r' | b'\n' | 0x20..=0x7e);
        let is_whole = start.is_multiple_of(2) && !head.iter().all(is_message);
        match (is_whole, is_mostly_narrow(&bytes[start..], 1)) {
            (_, false) => Self::bytewise(bytes),
            (true, true) => Self::utf16("UTF-16LE", "", bytes, 0, u16::from_le_bytes),
            (false, true) => {
                let head = Self::bytewise(head).content;
                Self::utf16("UTF-16LE", &head, bytes, start, u16::from_le_bytes)
            }
        }
    }

    fn bytewise(bytes: &[u8]) -> Self {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Self { content: text.to_owned(), encoding: "UTF-8", cut: false, wide: None };
        }
        let candidates = match language_tag(bytes) {
            Some(language) => code_pages(&language),
            None => &ALL_PAGES[..],
        };
        let mut best: Option<(i64, &'static str, String)> = None;
        for page in candidates {
            let Some(content) = page.decode(bytes) else { continue };
            let score = plausibility(&content);
            if best.as_ref().is_none_or(|(highest, ..)| score > *highest) {
                best = Some((score, page.name(), content));
            }
        }
        let (encoding, content) = match best {
            Some((_, encoding, content)) => (encoding, content),
            None => (CP850.name, CP850.decode(bytes)),
        };
        Self { content, encoding, cut: false, wide: None }
    }

    /// Returns the characters.
    pub(crate) fn as_str(&self) -> &str {
        &self.content
    }

    /// Returns the name of the encoding that was found.
    pub(crate) fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// Tells whether the bytes end within a character.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut
    }

    /// Returns the lines; the doubled carriage returns of WMIC belong to the line end.
    pub(crate) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.content
            .split('\n')
            .enumerate()
            .map(|(index, text)| Line { number: index + 1, text: text.trim_end_matches('\r') })
    }

    /// Returns the text as if read from UTF-8.
    #[cfg(test)]
    pub(crate) fn of(content: &str) -> Self {
        Self { content: content.to_owned(), encoding: "UTF-8", cut: false, wide: None }
    }
}

/// Tells whether a quarter of the units have a zero for their high byte, as texts with the spaces
/// and digits of an inventory have in any language.
fn is_mostly_narrow(bytes: &[u8], high: usize) -> bool {
    let (pairs, _) = bytes.as_chunks::<2>();
    let narrow = pairs.iter().filter(|pair| pair[high] == 0 && pair[1 - high] != 0).count();
    narrow * 4 >= pairs.len()
}

fn is_binary(c: char) -> bool {
    matches!(c, '\0'..='\x08' | '\x0e'..='\x19' | '\x1b'..='\x1f' | '\x7f' | '\u{fffe}'..='\u{ffff}')
}

/// A way to read bytes above 0x7F.
#[derive(Debug, Clone, Copy)]
enum Page {
    Console(&'static CodePage),
    Standard(&'static Encoding),
}

impl Page {
    fn name(self) -> &'static str {
        match self {
            Self::Console(page) => page.name,
            Self::Standard(encoding) => encoding.name(),
        }
    }

    /// Decodes when every byte has a character.
    fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Console(page) => Some(page.decode(bytes)),
            Self::Standard(encoding) => encoding
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(std::borrow::Cow::into_owned),
        }
    }
}

const WESTERN: &[Page] =
    &[Page::Console(&CP850), Page::Console(&CP437), Page::Standard(encoding_rs::WINDOWS_1252)];
const CENTRAL: &[Page] = &[Page::Console(&CP852), Page::Standard(encoding_rs::WINDOWS_1250)];
const CYRILLIC: &[Page] =
    &[Page::Standard(encoding_rs::IBM866), Page::Standard(encoding_rs::WINDOWS_1251)];
const GREEK: &[Page] = &[Page::Console(&CP737), Page::Standard(encoding_rs::WINDOWS_1253)];
const TURKISH: &[Page] = &[Page::Console(&CP857), Page::Standard(encoding_rs::WINDOWS_1254)];
const HEBREW: &[Page] = &[Page::Console(&CP862), Page::Standard(encoding_rs::WINDOWS_1255)];
const ARABIC: &[Page] = &[Page::Console(&CP720), Page::Standard(encoding_rs::WINDOWS_1256)];
const BALTIC: &[Page] = &[Page::Console(&CP775), Page::Standard(encoding_rs::WINDOWS_1257)];
const THAI: &[Page] = &[Page::Standard(encoding_rs::WINDOWS_874)];
const VIETNAMESE: &[Page] = &[Page::Standard(encoding_rs::WINDOWS_1258)];
const JAPANESE: &[Page] = &[Page::Standard(encoding_rs::SHIFT_JIS)];
const KOREAN: &[Page] = &[Page::Standard(encoding_rs::EUC_KR)];
const SIMPLIFIED: &[Page] = &[Page::Standard(encoding_rs::GBK)];
const TRADITIONAL: &[Page] = &[Page::Standard(encoding_rs::BIG5)];

/// Every page, for texts that do not tell their language.
const ALL_PAGES: [Page; 12] = [
    Page::Console(&CP850),
    Page::Standard(encoding_rs::WINDOWS_1252),
    Page::Console(&CP852),
    Page::Standard(encoding_rs::WINDOWS_1250),
    Page::Standard(encoding_rs::IBM866),
    Page::Standard(encoding_rs::WINDOWS_1251),
    Page::Console(&CP737),
    Page::Console(&CP857),
    Page::Standard(encoding_rs::SHIFT_JIS),
    Page::Standard(encoding_rs::EUC_KR),
    Page::Standard(encoding_rs::GBK),
    Page::Standard(encoding_rs::BIG5),
];

/// Returns the console page and the Windows page of a language, the console page first.
fn code_pages(language: &str) -> &'static [Page] {
    match language.split('-').next().unwrap_or(language) {
        "pl" | "cs" | "sk" | "hu" | "ro" | "hr" | "sl" | "bs" | "sq" => CENTRAL,
        "sr" if language.contains("latn") => CENTRAL,
        "ru" | "uk" | "be" | "bg" | "mk" | "sr" | "kk" | "ky" | "mn" | "tt" => CYRILLIC,
        "el" => GREEK,
        "tr" | "az" | "uz" => TURKISH,
        "he" => HEBREW,
        "ar" | "fa" | "ur" => ARABIC,
        "et" | "lv" | "lt" => BALTIC,
        "th" => THAI,
        "vi" => VIETNAMESE,
        "ja" => JAPANESE,
        "ko" => KOREAN,
        "zh" if matches!(language, "zh-tw" | "zh-hk" | "zh-mo" | "zh-hant") => TRADITIONAL,
        "zh" => SIMPLIFIED,
        _ => WESTERN,
    }
}

/// Finds the language that `systeminfo` writes in ASCII: the value `ru;…` of the system locale.
fn language_tag(bytes: &[u8]) -> Option<String> {
    bytes.split(|byte| *byte == b'\n').find_map(|line| {
        let end = line.iter().position(|byte| *byte == b';')?;
        let start = line[..end].iter().rposition(|byte| !is_tag_byte(*byte))? + 1;
        if !matches!(line[start - 1], b' ' | b':' | b'\t') {
            return None;
        }
        locale_tag(std::str::from_utf8(&line[start..=end]).ok()?)
    })
}

fn is_tag_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

/// Reads the language tag at the start of `en-us;English (United States)`, in lower case.
pub(super) fn locale_tag(value: &str) -> Option<String> {
    let (tag, _) = value.split_once(';')?;
    let mut parts = tag.split('-');
    let language = parts.next()?;
    let is_language =
        (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_alphabetic());
    let mut subtags = parts.clone();
    let are_subtags = subtags
        .all(|tag| (2..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric()));
    (is_language && are_subtags && parts.count() <= 2).then(|| tag.to_ascii_lowercase())
}

/// Scores how much a decoded text looks like words: letters speak for it; line-drawing and
/// control characters, and capitals within words, against it.
fn plausibility(text: &str) -> i64 {
    let mut score = 0;
    let mut previous = ' ';
    for c in text.chars() {
        if !c.is_ascii() {
            score += match c {
                '\u{80}'..='\u{9f}' => -8,
                '\u{2500}'..='\u{25ff}' => -4,
                '\u{e000}'..='\u{f8ff}' => -8,
                '\u{ff61}'..='\u{ff9f}' => -1,
                // A kanji or syllable stands for two bytes.
                '\u{2e80}'..='\u{d7ff}' => 5,
                _ if c.is_uppercase() && previous.is_lowercase() => -2,
                _ if c.is_alphabetic() => 2,
                '\u{a0}' => 1,
                _ => -1,
            };
        }
        previous = c;
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(bytes: &[u8]) -> (String, &'static str) {
        let text = Text::decode(bytes).expect("a text");
        (text.as_str().to_owned(), text.encoding())
    }

    fn utf16le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn unicode_is_read_with_and_without_its_mark() {
        let text = "Nom de l'hôte: X\r\n";
        let little = utf16le(text);
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(&[&[0xff, 0xfe], &little[..]].concat()).0, text);
        assert_eq!(decoded(&little).0, text);
        assert_eq!(decoded(&[&[0xfe, 0xff], &big[..]].concat()).0, text);
        assert_eq!(decoded(&big).0, text);
        assert_eq!(decoded(&[&[0xef, 0xbb, 0xbf], text.as_bytes()].concat()).0, text);
        assert_eq!(decoded(text.as_bytes()).0, text);
        assert_eq!(decoded(&utf16le("ホスト名: X\r\n")).0, "ホスト名: X\r\n");
    }

    #[test]
    fn a_message_of_8_bits_before_utf16_is_kept() {
        let bytes =
            [b"Please wait while WMIC is being installed.", &utf16le("Caption  \r\n")[..]].concat();
        assert_eq!(decoded(&bytes).0, "Please wait while WMIC is being installed.Caption  \r\n");
    }

    #[test]
    fn the_locale_line_decides_the_code_page() {
        for (tag, text, name) in [
            ("ru", "Имя узла", "IBM866"),
            ("ja", "ホスト名", "Shift_JIS"),
            ("zh-cn", "主机名", "GBK"),
            ("zh-tw", "主機名稱", "Big5"),
            ("ko", "호스트 이름", "EUC-KR"),
        ] {
            let line = format!("{text}: X\r\nL: {tag};x\r\n");
            let (bytes, ..) = Encoding::for_label(name.as_bytes()).expect("a name").encode(&line);
            if name == "IBM866" {
                assert_eq!(decoded(&bytes), (line.clone(), "IBM866"));
                let (windows, ..) = encoding_rs::WINDOWS_1251.encode(&line);
                assert_eq!(decoded(&windows), (line, "windows-1251"));
            } else {
                assert_eq!(decoded(&bytes), (line, name));
            }
        }
        let western = b"Sist\x8ame: X\r\nL: fr;Fran\x87ais\r\n";
        assert_eq!(decoded(western), ("Sistème: X\r\nL: fr;Français\r\n".into(), "cp850"));
        let windows = b"Sist\xe8me: X\r\nL: fr;Fran\xe7ais\r\n";
        assert_eq!(decoded(windows), ("Sistème: X\r\nL: fr;Français\r\n".into(), "windows-1252"));
    }

    #[test]
    fn binary_is_refused_with_its_offset() {
        let refused = |bytes: &[u8]| Text::decode(bytes).expect_err("no text").to_string();
        assert_eq!(
            refused(b"PK\x03\x04\xff"),
            "expected text at byte offset 2, found the binary value 0x03"
        );
        assert_eq!(
            refused(&[&[0xff, 0xfe], &utf16le("ab\u{1}")[..]].concat()),
            "expected text at byte offset 6, found the binary value 0x01"
        );
        assert_eq!(
            refused(&[b"Wait.", &utf16le("abcd\u{1}")[..]].concat()),
            "expected text at byte offset 13, found the binary value 0x01"
        );
        assert_eq!(
            refused(b"Host Name: PC\0 and much more text of 8 bits"),
            "expected text at byte offset 13, found the binary value 0x00"
        );
    }

    #[test]
    fn characters_that_another_program_replaced_are_kept() {
        assert_eq!(decoded("Microsoft\u{fffd}".as_bytes()).0, "Microsoft\u{fffd}");
    }

    #[test]
    fn only_language_tags_are_tags() {
        assert_eq!(locale_tag("en-us;English"), Some("en-us".into()));
        assert_eq!(locale_tag("sr-latn-rs;x"), Some("sr-latn-rs".into()));
        for value in ["C:\\a;b", "english;x", "e;x", "en-us", "12;x", "en--us;x"] {
            assert_eq!(locale_tag(value), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_decode_or_are_refused(bytes: Vec<u8>) {
            let _ = Text::decode(&bytes);
        }

        #[test]
        fn text_without_controls_comes_back(text in "[ -~äöüß–€ж漢]{0,60}") {
            let little = [&[0xff, 0xfe], &utf16le(&text)[..]].concat();
            prop_assert_eq!(decoded(&little).0, text.clone());
            prop_assert_eq!(decoded(text.as_bytes()).0, text);
        }
    }
}
