//! Command lines and switches of update packages: they look alike in every language.

use staunch_model::PageSwitch;

pub(super) use crate::page::inline::one_line;

/// Longest command, in bytes.
const LONGEST_COMMAND: usize = 300;
/// Longest switch with its argument, in bytes.
const LONGEST_SWITCH: usize = 40;

/// Finds the command lines of update packages in a line of plain text.
///
/// `whole` tells whether a package that is the whole line counts without a switch.
pub(super) fn commands(text: &str, whole: bool) -> Vec<String> {
    let text = text.trim();
    if text.len() > 4_000 || !text.contains(['/', '.', '-', '_']) {
        return Vec::new();
    }
    if starts_with(text, "msiexec") {
        return vec![tidy(text)];
    }
    // The name of every package has the number of its article.
    if article(text).is_none() {
        return Vec::new();
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some((package, glued)) = package(words[at]) else {
            at += 1;
            continue;
        };
        let arguments = words[at + 1..].iter().take_while(|word| is_switch(word)).take(12).copied();
        let mut command = vec![package];
        command.extend(glued.filter(|switch| is_switch(switch)));
        command.extend(arguments);
        at += command.len() - usize::from(glued.is_some_and(is_switch));
        let is_alone = whole && at >= words.len() && has_extension(package);
        if command.len() > 1 || is_alone {
            found.push(tidy(&command.join(" ")));
        }
    }
    found
}

/// Reads a package's name out of a word, with the switch that is glued to it.
///
/// A product and colon may be glued before it: `3:WindowsXP-KB981997-x86-ENU.exe`.
fn package(word: &str) -> Option<(&str, Option<&str>)> {
    let word = word.trim_matches(['"', '\'', '“', '”', '„', '«', '»', '「', '」', ',', ';', '，']);
    if word.contains("://") || word.contains(['\\', '%', '$', '=']) {
        return None;
    }
    let (name, glued) = match word.find('/') {
        Some(slash) => (&word[..slash], Some(&word[slash..])),
        None => (word, None),
    };
    let name = name.rsplit([':', '：']).next()?.trim_end_matches([',', '。', '、', ')']);
    let start = name.find(|c: char| c.is_ascii_alphanumeric())?;
    let name = &name[start..];
    let is_ascii = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.+[]".contains(&b));
    let lower = name.to_ascii_lowercase();
    let is_other =
        [".log", ".txt", ".cat", ".dll", ".sys", ".htm"].iter().any(|e| lower.ends_with(e));
    if !is_ascii || is_other || name.len() > 120 {
        return None;
    }
    let has_number = article(&lower).is_some_and(|(at, end)| at > 2 || end + 2 < lower.len());
    let is_package = has_number && name.contains(['-', '_', '.']);
    (is_package || has_extension(name)).then_some((name, glued))
}

/// Finds `kb123456` or `q123456` in a text, in either case, as its place.
pub(super) fn article(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let digits_at = match byte {
            b'k' | b'K' if matches!(bytes.get(at + 1), Some(b'b' | b'B')) => at + 2,
            b'q' | b'Q' => at + 1,
            _ => continue,
        };
        let is_inner = digits_at == at + 1 && at > 0 && bytes[at - 1].is_ascii_alphabetic();
        let digits = bytes[digits_at..].iter().take_while(|b| b.is_ascii_digit()).count();
        if (6..=7).contains(&digits) && !is_inner {
            return Some((at, digits_at + digits));
        }
    }
    None
}

/// Returns the number of the article that a command, key or folder names.
pub(super) fn article_number(text: &str) -> Option<u32> {
    let (at, end) = article(text)?;
    text[at..end].trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()
}

fn has_extension(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let stem = [".exe", ".msu", ".msp", ".msi"].iter().find_map(|end| lower.strip_suffix(end));
    stem.is_some_and(|stem| stem.len() > 8 && stem.contains(['-', '_']) && article(stem).is_some())
}

fn is_switch(word: &str) -> bool {
    let Some(rest) = word.strip_prefix(['/', '-']) else { return false };
    rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '?')
        && word.len() <= LONGEST_SWITCH
        && word.is_ascii()
}

fn tidy(command: &str) -> String {
    let end = command.floor_char_boundary(LONGEST_COMMAND);
    command[..end].trim_end_matches(['.', ',', ';', ':', '"']).to_owned()
}

fn starts_with(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        && text[word.len()..].starts_with([' ', '.'])
}

/// Reads a line that begins with a switch: `/quiet Quiet mode`, `/y：Uninstall`, `/?, /h, /help`.
pub(super) fn switch(text: &str) -> Option<PageSwitch> {
    let text = text.trim();
    let mut end = switch_end(text)?;
    while let Some(next) = another(&text[end..]) {
        let Some(length) = switch_end(&text[end + next..]) else { break };
        end += next + length;
    }
    if end > 3 * LONGEST_SWITCH {
        return None;
    }
    let meaning =
        text[end..].trim_start_matches([' ', ':', '：', '-', '–', '—', '=', '*', '|', '.', '）']);
    let meaning = meaning.trim().trim_end_matches('*').trim_end();
    Some(PageSwitch { switch: text[..end].trim().to_owned(), meaning: one_line(meaning) })
}

/// Returns where the next of several names of a switch begins: `, /h`, `、/h`, ` | /h`.
fn another(rest: &str) -> Option<usize> {
    let skipped = rest.len() - rest.trim_start_matches([' ', ',', '、', '，', '|']).len();
    (skipped > 0 && rest[skipped..].starts_with('/')).then_some(skipped)
}

/// Returns the length of the switch that begins a text: a slash, letters, and `[:x]` or `:path`.
fn switch_end(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('/')?;
    let name = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'?').count();
    if name == 0 || name > 24 || rest.starts_with("kb/") {
        return None;
    }
    let mut end = 1 + name;
    let after = &text[end..];
    let argument = if after.starts_with('[') {
        after.find(']').map(|close| close + 1)
    } else if after.starts_with([':', '=']) && !after[1..].starts_with([' ', '*']) {
        Some(after.find(char::is_whitespace).unwrap_or(after.len()))
    } else {
        None
    };
    end += argument
        .filter(|length| after[..*length].is_ascii() && *length <= LONGEST_SWITCH)
        .unwrap_or(0);
    let next = text[end..].chars().next();
    (!matches!(next, Some('/' | '\\'))).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_with_their_switches() {
        for (text, found) in [
            (
                "Windowsxp-kb840374-x86-enu /passive /quiet",
                "Windowsxp-kb840374-x86-enu /passive /quiet",
            ),
            (
                "Für Windows XP Service Pack 3:WindowsXP-KB981997-x86-ENU.exe /quiet",
                "WindowsXP-KB981997-x86-ENU.exe /quiet",
            ),
            ("Q824146_WXP_SP2_x86 /u /q", "Q824146_WXP_SP2_x86 /u /q"),
            ("输入 ie6.0sp1-kb867801-x86-enu /q:a，然后", "ie6.0sp1-kb867801-x86-enu"),
            ("Windows8-RT-KB2965788-x86.msu", "Windows8-RT-KB2965788-x86.msu"),
            ("Windowsxp-kb840374-x86-enu/norestart", "Windowsxp-kb840374-x86-enu /norestart"),
        ] {
            let commands = commands(text, true);
            if text.contains("然后") {
                assert!(commands.is_empty(), "{commands:?}");
            } else {
                assert_eq!(commands, [found]);
            }
        }
    }

    #[test]
    fn folders_keys_links_and_logs_are_no_commands() {
        for text in [
            "%Windir%\\$NTUninstallKB840374$\\Spuninst /u",
            "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Updates\\KB840374\\Filelist",
            "http://support.microsoft.com/kb/934307 /x",
            "KB981997.log",
            "KB840374",
            "Windowsxp-kb840374-x86-enu",
        ] {
            assert!(commands(text, true).is_empty(), "{text}");
        }
    }

    #[test]
    fn switches_have_meanings() {
        for (text, name, meaning) in [
            ("/quiet 安静模式（无用户交互或显示）", "/quiet", "安静模式（无用户交互或显示）"),
            ("/y：執行移除", "/y", "執行移除"),
            ("/warnrestart[:x] Zeigt", "/warnrestart[:x]", "Zeigt"),
            ("/integrate:path  Integracja", "/integrate:path", "Integracja"),
            ("/?、/h、/help", "/?、/h、/help", ""),
            ("/o不经提示", "/o", "不经提示"),
        ] {
            let read = switch(text).unwrap();
            assert_eq!((read.switch.as_str(), read.meaning.as_str()), (name, meaning));
        }
        assert!(switch("//server/share").is_none());
        assert!(switch("/germany/technet/").is_none());
    }
}
