//! Registry keys in running text.

/// Roots of the registry, with the short forms that pages use.
const ROOTS: &[&str] = &["HKEY_", "HKLM\\", "HKCR\\", "HKCU\\"];
/// Longest key, in bytes.
const LONGEST_KEY: usize = 400;
/// Most keys of one block.
const MOST_KEYS: usize = 500;

/// Finds the registry keys in lines of plain text; a key may go on from line to line.
pub(crate) fn keys<'t>(lines: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in lines {
        let line = line.trim();
        let has_root = root(line).is_some();
        let text = match open.take() {
            Some(start) if !has_root => join(&start, line),
            Some(start) => {
                collect(&start, &mut found);
                line.to_owned()
            }
            None if has_root => line.to_owned(),
            None => continue,
        };
        let last = text.rfind("HKEY_").unwrap_or(0);
        if goes_on(&text[last..]) {
            collect(&text[..last], &mut found);
            open = Some(text[last..].to_owned());
        } else {
            collect(&text, &mut found);
        }
    }
    if let Some(text) = open {
        collect(&text, &mut found);
    }
    found
}

/// Joins the parts of a key that a line end divides.
fn join(start: &str, rest: &str) -> String {
    let is_word_end = !start.ends_with('\\') && !rest.starts_with('\\');
    let gap = if is_word_end && !rest.is_empty() { " " } else { "" };
    format!("{start}{gap}{rest}")
}

/// Tells whether the key at the end of a line is plainly unfinished.
fn goes_on(key: &str) -> bool {
    if key.len() > LONGEST_KEY || !key.is_ascii() {
        return false;
    }
    let lower = key.to_ascii_lowercase();
    let is_update = lower.contains("\\updates\\") || lower.contains("\\updates");
    let has_end =
        ["filelist", "\\file 1", "\\kb", "\\q", "]"].iter().any(|end| lower.contains(end));
    key.ends_with('\\') || (is_update && !has_end)
}

fn root(text: &str) -> Option<usize> {
    memchr::memchr_iter(b'H', text.as_bytes()).find(|at| {
        ROOTS.iter().any(|root| {
            let start = text.as_bytes().get(*at..*at + root.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(root.as_bytes()))
        })
    })
}

fn collect(text: &str, found: &mut Vec<String>) {
    let mut rest = text;
    while let Some(at) = root(rest) {
        rest = &rest[at..];
        let next = root(&rest[4..]).map_or(rest.len(), |next| next + 4);
        if let Some(key) = key(&rest[..next])
            && found.len() < MOST_KEYS
            && !found.contains(&key)
        {
            found.push(key);
        }
        rest = &rest[next..];
    }
}

/// Reads the key at the beginning of a text, up to where prose goes on.
fn key(text: &str) -> Option<String> {
    let text = &text[..text.floor_char_boundary(LONGEST_KEY)];
    let mut parts: Vec<String> = Vec::new();
    let segments: Vec<&str> = text.split('\\').filter(|part| !part.is_empty()).collect();
    for (at, segment) in segments.iter().enumerate() {
        let is_last = at + 1 == segments.len();
        let end = name_end(segment);
        let is_whole = end == segment.len() && !is_last && end <= 60 && !segment.contains(". ");
        let name = if is_whole { segment.trim() } else { last_name(&segment[..end]) };
        if !name.is_empty() {
            // A brace or dot that follows a name had its backslash taken for an escape.
            match name.find(['{']).or_else(|| name.find(".NETFramework")) {
                Some(at) if at > 0 && !parts.is_empty() => {
                    parts.extend([name[..at].trim().to_owned(), name[at..].to_owned()]);
                }
                _ => parts.push(name.to_owned()),
            }
        }
        if !is_whole {
            break;
        }
    }
    if let Some(hive) = parts.first_mut()
        && hive.len() > 5
        && hive.as_bytes()[..5].eq_ignore_ascii_case(b"HKEY_")
    {
        hive.make_ascii_uppercase();
    }
    (parts.len() > 1).then(|| parts.join("\\"))
}

/// Returns where the name of a key ends at the latest. A comma between digits is a decimal one
/// (`Outlook Express 5,50`); an ellipsis stands for the names that differ.
fn name_end(segment: &str) -> usize {
    let lower = segment.to_ascii_lowercase();
    if let Some(at) = lower.find("filelist.") {
        return at + "filelist".len();
    }
    if segment == "…" {
        return segment.len();
    }
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let is_inner = |at: usize, c: char| {
        let is_decimal = c == ','
            && is_digit(segment[..at].chars().next_back())
            && is_digit(segment[at + 1..].chars().next());
        is_name(c) || is_decimal
    };
    segment.char_indices().find(|(at, c)| !is_inner(*at, *c)).map_or(segment.len(), |(at, _)| at)
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || " _.-{}$&()+%#/".contains(c)
}

/// Cuts prose off the last name of a key: names go on with capitals, digits and braces only.
fn last_name(segment: &str) -> &str {
    let mut end = 0;
    for word in segment.split_inclusive(' ') {
        let is_first = end == 0;
        let starts =
            word.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '{');
        if !is_first && !starts {
            break;
        }
        end += word.len();
        let bare = word.trim_end();
        if bare.ends_with(['.', ')']) || is_closing(bare) {
            break;
        }
    }
    segment[..end].trim().trim_end_matches(['.', '-', ' ', ')', '('])
}

/// Tells whether nothing follows a name in a key: a file list, an identifier, an article.
fn is_closing(word: &str) -> bool {
    word.eq_ignore_ascii_case("filelist")
        || word.ends_with('}')
        || (word.len() > 6 && word.as_bytes()[2..].iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_end_where_prose_goes_on() {
        for (text, key) in [
            (
                "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Updates\\Windows 2000\\SP5\\KB842526\\Filelist",
                "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Updates\\Windows 2000\\SP5\\KB842526\\Filelist",
            ),
            ("注册表项：HKEY_CLASSES_ROOT\\HCP。为此", "HKEY_CLASSES_ROOT\\HCP"),
            (
                "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\ActiveX Compatibility{1F7DD4F2-CAC3}]",
                "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\ActiveX Compatibility\\{1F7DD4F2-CAC3}",
            ),
            (
                "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Hotfix\\KB873350\\File 1",
                "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Hotfix\\KB873350\\File 1",
            ),
            (
                "HKEY_LOCAl_MACHINE\\SOFTWARE\\Microsoft\\Updates\\Internet Explorer 5,01\\SP4\\KB925454\\Filelist",
                "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Updates\\Internet Explorer 5,01\\SP4\\KB925454\\Filelist",
            ),
            (
                "HKLM\\Software\\Microsoft\\Updates\\Windows XP\\SP1\\Q811493\\Filelist.Per controllare i file",
                "HKLM\\Software\\Microsoft\\Updates\\Windows XP\\SP1\\Q811493\\Filelist",
            ),
            (
                "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Updates.NETFramework\\1.1\\M2416447",
                "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Updates\\.NETFramework\\1.1\\M2416447",
            ),
            ("the key HKLM\\Software\\Policies and then", "HKLM\\Software\\Policies"),
        ] {
            assert_eq!(keys([text]), [key]);
        }
    }

    #[test]
    fn broken_and_glued_keys_are_put_right() {
        let broken = [
            "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Updates\\Windows",
            "XP\\SP3\\KB1234567\\Filelist",
        ];
        assert_eq!(
            keys(broken),
            [
                "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Updates\\Windows XP\\SP3\\KB1234567\\Filelist"
            ]
        );
        let glued = "HKEY_LOCAL_MACHINE\\A\\FilelistHKEY_LOCAL_MACHINE\\B\\Filelist";
        assert_eq!(
            keys([glued]),
            ["HKEY_LOCAL_MACHINE\\A\\Filelist", "HKEY_LOCAL_MACHINE\\B\\Filelist"]
        );
    }

    #[test]
    fn a_root_alone_is_no_key() {
        assert!(keys(["HKEY_LOCAL_MACHINE", "expand HKEY_CLASSES_ROOT, then HCP"]).is_empty());
    }
}
