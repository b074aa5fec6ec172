//! Kind of a workaround and what it names, from evidence that needs no words.

use staunch_model::WorkaroundKind;

use super::answers::Words;
use super::ports::{numbers, ports};
use crate::page::platforms::keys;
use crate::page::spellings::Marks;

/// Quotation marks around paths.
const QUOTES: [char; 4] = ['"', '“', '”', '„'];
/// Most objects of one workaround.
const MOST_OBJECTS: usize = 64;

/// Text of one workaround as it was gathered.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) title: String,
    /// Plain lines of the workaround, without its impact.
    pub(super) lines: Vec<String>,
}

impl Content {
    /// Tells the kind of the workaround, and lists its registry keys, ports and so on.
    pub(super) fn kind(&self, words: &Words) -> (WorkaroundKind, Vec<String>) {
        let lines =
            || std::iter::once(self.title.as_str()).chain(self.lines.iter().map(String::as_str));
        let keys = keys(lines());
        let kill_bits: Vec<String> = keys.iter().filter_map(|key| class(key)).collect();
        let has_flags = lines().any(|line| line.contains("Compatibility Flags"));
        if !kill_bits.is_empty() || has_flags {
            let classes = lines().filter_map(class).chain(kill_bits);
            return (WorkaroundKind::KillBit, unique(classes));
        }
        let paths = unique(lines().filter_map(access_path));
        if !paths.is_empty() {
            return (WorkaroundKind::AccessControl, paths);
        }
        let services = unique(lines().filter_map(service));
        if !services.is_empty() {
            return (WorkaroundKind::Service, services);
        }
        let title_ports = ports(&self.title);
        let bare = numbers(&self.title, words.port.spellings());
        if !title_ports.is_empty() || !bare.is_empty() || keys.is_empty() {
            let mut ports = unique(lines().take(24).flat_map(ports));
            for number in bare {
                let has_number = |port: &String| port.split(' ').any(|part| part == number);
                if !ports.iter().any(has_number) {
                    ports.push(number);
                }
            }
            if !ports.is_empty() {
                return (WorkaroundKind::Ports, ports);
            }
        }
        if !keys.is_empty() {
            return (WorkaroundKind::Registry, unique(keys.into_iter()));
        }
        static POLICY: Marks = Marks::new(&["gpedit.msc"]);
        static SERVICES: Marks = Marks::new(&["services.msc"]);
        static REGISTRY: Marks = Marks::new(&["regedit"]);
        let has = |mark: &Marks| lines().any(|line| mark.stand_in(line));
        if has(&POLICY) || words.names_policy(&self.title) {
            (WorkaroundKind::Policy, Vec::new())
        } else if words.disables_service(&self.title) || has(&SERVICES) {
            (WorkaroundKind::Service, Vec::new())
        } else if has(&REGISTRY) {
            (WorkaroundKind::Registry, Vec::new())
        } else {
            (WorkaroundKind::Other, Vec::new())
        }
    }
}

fn unique(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for item in items {
        if list.len() >= MOST_OBJECTS {
            break;
        }
        if !list.iter().any(|known| known.eq_ignore_ascii_case(&item)) {
            list.push(item);
        }
    }
    list
}

/// Returns the class identifier of a kill bit's key.
fn class(text: &str) -> Option<String> {
    let (_, after) = text.split_once("ActiveX Compatibility")?;
    let start = after.find('{')?;
    let length = after[start..].find('}')?;
    let id = &after[start..=start + length];
    (id.len() == 38).then(|| id.to_ascii_uppercase())
}

/// Returns the file whose access a command changes: `cacls %windir%\x.dll /E /P everyone:N`.
fn access_path(line: &str) -> Option<String> {
    static TOOLS: Marks = Marks::new(&["cacls", "takeown"]);
    if !TOOLS.stand_in(line) {
        return None;
    }
    let lower = line.to_ascii_lowercase();
    let (at, tool) = ["icacls", "xcacls", "cacls", "takeown"].iter().find_map(|tool| {
        lower
            .find(&format!("{tool} "))
            .or_else(|| lower.find(&format!("{tool}.exe ")))
            .map(|at| (at, tool))
    })?;
    let rest = line.get(at + tool.len()..)?;
    let rest = rest.strip_prefix(".exe").unwrap_or(rest).trim_start();
    let rest =
        rest.strip_prefix("/f").or_else(|| rest.strip_prefix("/F")).unwrap_or(rest).trim_start();
    let (path, after) = match rest.strip_prefix(QUOTES) {
        Some(quoted) => quoted.split_once(QUOTES)?,
        None => rest.split_once(' ').unwrap_or((rest, "")),
    };
    let is_path = path.contains(['\\', '%', '.']) && path.len() < 260;
    // Prose names the tools too; only a command has a path and a switch after it, or nothing.
    let is_command = after.is_empty() || after.contains('/') || after.trim().is_empty();
    (is_path && is_command).then(|| path.trim_matches(['"', '“', '”', '.', ',']).to_owned())
}

/// Returns the service that a command stops or disables: `net stop Spooler`, `sc config x start=`.
fn service(line: &str) -> Option<String> {
    const COMMANDS: &[&str] =
        &["net stop ", "net.exe stop ", "sc config ", "sc stop ", "sc.exe config "];
    static ANY: Marks = Marks::new(COMMANDS);
    if !ANY.stand_in(line) {
        return None;
    }
    let lower = line.to_ascii_lowercase();
    let command =
        COMMANDS.iter().find_map(|command| lower.find(command).map(|at| at + command.len()))?;
    let rest = line.get(command..)?.trim_start();
    let name = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split(|c: char| c.is_whitespace() || "&;,\"。，”".contains(c)).next(),
    }?;
    let name = name.trim_matches(['.', ',', '“', '”', '»', '«']);
    let is_name = !name.is_empty() && name.len() < 60 && !name.starts_with(['<', '[', '/']);
    is_name.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_name_files_and_services() {
        let acl = "cacls %windir%\\system32\\vbscript.dll /E /P everyone:N";
        assert_eq!(access_path(acl).as_deref(), Some("%windir%\\system32\\vbscript.dll"));
        assert_eq!(access_path("takeown /f %windir%\\a.dll").as_deref(), Some("%windir%\\a.dll"));
        let quoted = "echo y| cacls “%ProgramFiles%\\Common Files\\vgx.dll” /d everyone";
        assert_eq!(access_path(quoted).as_deref(), Some("%ProgramFiles%\\Common Files\\vgx.dll"));
        assert_eq!(access_path("use cacls to change it"), None);
        assert_eq!(service("run: net stop Spooler && x").as_deref(), Some("Spooler"));
        assert_eq!(service("sc config \"w3svc\" start= disabled").as_deref(), Some("w3svc"));
    }

    #[test]
    fn kill_bits_have_classes() {
        let key = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Internet Explorer\\ActiveX Compatibility\\{1f7dd4f2-CAC3-11D0-A35B-00AA00BDCDFD}";
        assert_eq!(class(key).as_deref(), Some("{1F7DD4F2-CAC3-11D0-A35B-00AA00BDCDFD}"));
    }
}
