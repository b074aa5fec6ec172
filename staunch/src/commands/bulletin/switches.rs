//! What the switches of update packages do.
//!
//! Source: Microsoft Knowledge Base articles 262841 (update.exe), 197147 (hotfix installers) and
//! 934307 (wusa.exe); Windows Installer command-line options.

/// Returns what a switch does; the same letter can mean something else to another installer, so
/// that only switches with one meaning are here.
pub(super) fn meaning(switch: &str) -> Option<&'static str> {
    MEANINGS.iter().find(|(name, _)| name.eq_ignore_ascii_case(switch)).map(|(_, meaning)| *meaning)
}

const MEANINGS: &[(&str, &str)] = &[
    ("/?", "list the switches"),
    ("/h", "list the switches"),
    ("/help", "list the switches"),
    ("/passive", "install without questions and show the progress"),
    ("/quiet", "install without questions and show nothing"),
    ("/norestart", "do not restart when done"),
    ("/forcerestart", "restart when done, closing programs that are open"),
    ("/warnrestart", "count down to the restart on the screen"),
    ("/promptrestart", "ask before the restart"),
    ("/forceappsclose", "close other programs when Windows shuts down"),
    ("/overwriteoem", "replace files of the manufacturer without asking"),
    ("/nobackup", "keep no copies of the replaced files; removal is impossible then"),
    ("/integrate", "put the update into installation media in a folder"),
    ("/extract", "unpack the files and install nothing"),
    ("/er", "report errors in more detail"),
    ("/verbose", "write a detailed log"),
    ("/log", "write the log to another file"),
    ("/uninstall", "remove the update"),
    ("/kb", "name the update to remove"),
    ("/q", "install without questions"),
    ("/q:u", "install without questions and show the progress"),
    ("/q:a", "install without questions and show nothing"),
    ("/r:n", "never restart"),
    ("/r:i", "restart when needed, after asking"),
    ("/r:a", "always restart"),
    ("/r:s", "restart without asking"),
    ("/n:v", "do not check versions: older files may replace newer ones"),
    ("/z", "do not restart when done"),
    ("/u", "install unattended"),
    ("/m", "install unattended"),
    ("/f", "close other programs when Windows shuts down"),
    ("/o", "replace files of the manufacturer without asking"),
    ("/y", "remove the update"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_known_in_any_case() {
        assert_eq!(meaning("/ER"), meaning("/er"));
        assert_eq!(meaning("/unheard"), None);
    }
}
