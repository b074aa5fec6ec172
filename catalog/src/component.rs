//! Which entries of a component column name something that is installed in its own right.

use staunch_model::Component;

/// Components with versions and updates of their own, without the publisher's name in front.
///
/// Names that are not here, such as `Windows Kernel`, say which part of the operating system a
/// vulnerability lies in; the update is then one for the operating system itself.
const STEMS: &[&str] = &[
    ".NET Framework",
    "Active Directory Federation Services",
    "Data Access Components",
    "DirectX",
    "FTP Service",
    "Internet Explorer",
    "Internet Information Services",
    "JScript",
    "Movie Maker",
    "Outlook Express",
    "Remote Desktop Connection",
    "Silverlight",
    "VBScript",
    "Windows Data Access Components",
    "Windows Internet Explorer",
    "Windows Live Mail",
    "Windows Media Encoder",
    "Windows Media Format Runtime",
    "Windows Media Format SDK",
    "Windows Media Player",
    "Windows Movie Maker",
    "Windows Script",
    "Windows Search",
    "Windows SharePoint Services",
    "XML Core Services",
];

/// Components that are named whole without a version.
const UNVERSIONED: &[&str] = &[Component::FLASH_PLAYER];

/// Reads a component column: the component, when it is something installed on the operating
/// system, and nothing when it only says which part of the operating system is concerned.
///
/// A component is installed in its own right when its name begins with a known stem and a version
/// follows, perhaps with words after it: `Windows Media Player 9 Series`. The Flash Player needs no
/// version. `Internet Explorer` without a version is a part, as all such names are since 2017.
pub fn installed_component(component: &str) -> Option<Component> {
    let text = component.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = text.strip_prefix("Microsoft ").unwrap_or(&text);
    let versioned = STEMS.iter().any(|stem| {
        name.strip_prefix(stem)
            .and_then(|rest| rest.strip_prefix(' '))
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    (versioned || UNVERSIONED.contains(&name)).then(|| Component::from_published_name(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_with_a_version_are_installed_ones() {
        for (published, expected) in [
            ("Windows Internet Explorer 8", "Internet Explorer 8"),
            ("Internet Explorer 11  ", "Internet Explorer 11"),
            ("Microsoft .NET Framework 3.5.1", ".NET Framework 3.5.1"),
            ("Microsoft .NET Framework 2.0 Service Pack 2", ".NET Framework 2.0 Service Pack 2"),
            ("Microsoft .NET Framework 4.5/4.5.1/4.5.2", ".NET Framework 4.5/4.5.1/4.5.2"),
            ("Windows Media Player 11", "Windows Media Player 11"),
            ("Microsoft Windows Media Player 9 Series", "Windows Media Player 9 Series"),
            ("Remote Desktop Connection 7.0 Client", "Remote Desktop Connection 7.0 Client"),
            ("Microsoft DirectX 9.0", "DirectX 9.0"),
            ("Microsoft XML Core Services 3.0", "XML Core Services 3.0"),
            ("VBScript 5.7", "VBScript 5.7"),
            ("Microsoft Outlook Express 6.0", "Outlook Express 6.0"),
            ("Adobe Flash Player", "Adobe Flash Player"),
        ] {
            let found = installed_component(published).map(|component| component.to_string());
            assert_eq!(found.as_deref(), Some(expected), "{published}");
        }
    }

    #[test]
    fn parts_of_the_operating_system_are_not() {
        for part in [
            "",
            "Windows Kernel",
            "Microsoft Graphics Component",
            ".NET Framework",
            "Internet Explorer",
            "Microsoft DirectX",
            "Windows Media",
            "Authenticode Signature Verification 6.1",
            "HTTP/2",
            "Windows splwow64",
            "Windows Server 2008 R2 for x64-based Systems Service Pack 1",
        ] {
            assert_eq!(installed_component(part), None, "{part}");
        }
    }
}
