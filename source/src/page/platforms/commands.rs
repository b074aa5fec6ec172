//! Command lines and switches of update packages: they look alike in every language.

use std::borrow::Cow;

use staunch_model::PageSwitch;

pub(super) use crate::page::inline::one_line;

/// Longest command, in bytes.
const LONGEST_COMMAND: usize = 300;
/// Longest switch with its argument, in bytes.
const LONGEST_SWITCH: usize = 40;
/// Longest placeholder of an argument, in bytes: `<number of the article>`.
const LONGEST_PLACEHOLDER: usize = 80;
/// Quotation marks that stand for the straight one.
const QUOTES: [char; 3] = ['“', '”', '„'];

/// Finds the command lines of update packages in a line of plain text.
///
/// `whole` tells whether a package that is the whole line counts without a switch.
pub(super) fn commands(text: &str, whole: bool) -> Vec<String> {
    let text = text.trim();
    let call = installer_at(text);
    // The number of an article stands in every name of a package.
    let may_name = text.bytes().filter(u8::is_ascii_digit).count() >= 6;
    let may_be = may_name || call.is_some() || text.starts_with('[');
    if !may_be || text.len() > 4_000 || !text.contains(['/', '.', '-', '_']) {
        return Vec::new();
    }
    if starts_with(text, "msiexec") {
        return vec![tidy(text)];
    }
    let call = call.and_then(|at| installer(&text[at..]));
    if let Some(command) = call.or_else(|| template(text)) {
        return vec![command];
    }
    if !may_name {
        return Vec::new();
    }
    let text = &mended(text);
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

/// Takes faults of the converter out of a line with a command: curly quotes, and a space after the
/// hyphen before the number of the article.
fn mended(text: &str) -> Cow<'_, str> {
    let has_quotes = text.contains(QUOTES);
    let is_split = ["- kb", "- KB"].iter().any(|split| text.contains(split));
    if !has_quotes && !is_split {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(QUOTES, "\"").replace("- kb", "-kb").replace("- KB", "-KB"))
}

/// Finds the name of the installer within prose.
fn installer_at(text: &str) -> Option<usize> {
    let is_call = |at: &usize| starts_with_ignoring_case(&text[*at..], "msiexec");
    memchr::memchr2_iter(b'm', b'M', text.as_bytes()).find(is_call)
}

/// Reads a call of the installer that begins a text: up to the last word that is a switch, property
/// or path.
fn installer(call: &str) -> Option<String> {
    let rest = call["msiexec".len()..].trim_start_matches(".exe");
    if !rest.starts_with(" /") {
        return None;
    }
    Some(tidy(&call[..command_end(call)]))
}

/// Returns where the command that begins a text ends: with its last switch, property or path.
fn command_end(text: &str) -> usize {
    let (mut at, mut end) = (0, 0);
    for word in text.split_inclusive(char::is_whitespace) {
        at += word.len();
        if end == 0 || word.contains(['=', '\\']) || word.starts_with('/') {
            end = at - (word.len() - word.trim_end().len());
        }
    }
    end
}

/// Reads a command with a placeholder for the package: `[path\name of EXE file] /c /t:C:\Folder`.
fn template(text: &str) -> Option<String> {
    let (name, rest) = text.strip_prefix('[')?.split_once(']')?;
    let is_template = name.contains('\\') && rest.split_whitespace().next().is_some_and(is_switch);
    (is_template && text.len() < LONGEST_COMMAND).then(|| tidy(&text[..command_end(text)]))
}

/// Reads a line that is a program and its switches and nothing else: `OWS1002.exe /q`.
pub(super) fn program(text: &str) -> Option<String> {
    let text = mended(text.trim());
    let mut words = text.split_whitespace();
    let name = words.next()?;
    let stem = name.strip_suffix(".exe").or_else(|| name.strip_suffix(".EXE"))?;
    let is_name =
        stem.len() > 2 && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let is_tool = ["regsvr32", "spuninst", "hotfix", "wusa", "regedit", "setup", "cmd"]
        .iter()
        .any(|tool| stem.eq_ignore_ascii_case(tool));
    let mut switches = words.peekable();
    let is_command = is_name && !is_tool && switches.peek().is_some() && switches.all(is_switch);
    is_command.then(|| tidy(&text))
}

/// Reads a package's name out of a word, with the switch that is glued to it.
///
/// A product and colon may be glued before it: `3:WindowsXP-KB981997-x86-ENU.exe`.
fn package(word: &str) -> Option<(&str, Option<&str>)> {
    // The number of an article stands in every name.
    if word.bytes().filter(u8::is_ascii_digit).count() < 6 {
        return None;
    }
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
    // Some names have the number of the article alone: `wdsrv2010-2878220-fullfile-x64-glb`.
    let is_number =
        |part: &str| (6..=7).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let has_number = |stem: &str| article(stem).is_some() || stem.split('-').skip(1).any(is_number);
    stem.is_some_and(|stem| stem.len() > 8 && stem.contains(['-', '_']) && has_number(stem))
}

fn is_switch(word: &str) -> bool {
    let Some(rest) = word.strip_prefix(['/', '-']) else { return false };
    rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '?')
        && word.len() <= LONGEST_SWITCH
        && word.is_ascii()
}

fn tidy(command: &str) -> String {
    let end = command.floor_char_boundary(LONGEST_COMMAND);
    let command = command[..end].trim_end_matches(['.', ',', ';', ':']);
    let is_open = command.matches('"').count() % 2 == 1;
    command.strip_suffix('"').filter(|_| is_open).unwrap_or(command).to_owned()
}

fn starts_with(text: &str, word: &str) -> bool {
    starts_with_ignoring_case(text, word) && text[word.len()..].starts_with([' ', '.'])
}

fn starts_with_ignoring_case(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
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
    let meaning = text[end..]
        .trim_start_matches([' ', ':', '：', '-', '–', '—', '=', '*', '|', '.', '）', '?']);
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
    // Question marks after letters are spaces that the converter did not know.
    let name = match rest.strip_prefix('?') {
        Some(_) => 1,
        None => rest.bytes().take_while(u8::is_ascii_alphanumeric).count(),
    };
    if name == 0 || name > 24 || rest.starts_with("kb/") {
        return None;
    }
    let mut end = 1 + name;
    let after = &text[end..];
    let placeholder = after.strip_prefix(':').map(str::trim_start);
    if let Some(placeholder) = placeholder.filter(|text| text.starts_with('<'))
        && let Some(close) = placeholder.find('>').filter(|close| *close <= LONGEST_PLACEHOLDER)
    {
        return Some(end + after.len() - placeholder.len() + close + 1);
    }
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
            ("Windowsxp- kb914388-x86-enu /quiet", "Windowsxp-kb914388-x86-enu /quiet"),
            (
                "VBA64-KB923167-x86-ENU.exe /q /c:”install.exe /q”",
                "VBA64-KB923167-x86-ENU.exe /q /c:\"install.exe /q\"",
            ),
            (
                "gombra: msiexec /a Admin Path\\MSI File /p C:\\Admin\\MSP File SHORTFILENAMES=TRUE és",
                "msiexec /a Admin Path\\MSI File /p C:\\Admin\\MSP File SHORTFILENAMES=TRUE",
            ),
            (
                "[путь\\имя EXE-файла] /c /t:C:\\AdminUpdate и нажмите кнопку",
                "[путь\\имя EXE-файла] /c /t:C:\\AdminUpdate",
            ),
            ("wdsrv2010-2878220-fullfile-x64-glb.exe", "wdsrv2010-2878220-fullfile-x64-glb.exe"),
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
    fn a_program_without_an_article_is_a_command_when_it_is_the_line() {
        assert_eq!(program("OWS1002.exe /q").as_deref(), Some("OWS1002.exe /q"));
        assert_eq!(program("Spuninst.exe /u"), None);
        assert_eq!(program("OWS1002.exe"), None);
        assert_eq!(program("Type setup1.exe /q and wait"), None);
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
            ("/quiet???? 安静模式", "/quiet", "安静模式"),
            ("/log:<имя файла> Журнал", "/log:<имя файла>", "Журнал"),
        ] {
            let read = switch(text).unwrap();
            assert_eq!((read.switch.as_str(), read.meaning.as_str()), (name, meaning));
        }
        assert!(switch("//server/share").is_none());
        assert!(switch("/germany/technet/").is_none());
    }
}
