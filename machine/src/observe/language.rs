//! The language that Windows was installed in.

use staunch_model::Warning;

use super::warn;
use crate::Facts;

const LANGUAGE: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Nls\Language";

/// Language identifiers of Windows with their tags: languages that Windows was published in.
///
/// Source: [MS-LCID], section 2.2.
const TAGS: &[(u16, &str)] = &[
    (0x0401, "ar-sa"),
    (0x0402, "bg-bg"),
    (0x0403, "ca-es"),
    (0x0404, "zh-tw"),
    (0x0405, "cs-cz"),
    (0x0406, "da-dk"),
    (0x0407, "de-de"),
    (0x0408, "el-gr"),
    (0x0409, "en-us"),
    (0x040a, "es-es"),
    (0x040b, "fi-fi"),
    (0x040c, "fr-fr"),
    (0x040d, "he-il"),
    (0x040e, "hu-hu"),
    (0x0410, "it-it"),
    (0x0411, "ja-jp"),
    (0x0412, "ko-kr"),
    (0x0413, "nl-nl"),
    (0x0414, "nb-no"),
    (0x0415, "pl-pl"),
    (0x0416, "pt-br"),
    (0x0418, "ro-ro"),
    (0x0419, "ru-ru"),
    (0x041a, "hr-hr"),
    (0x041b, "sk-sk"),
    (0x041d, "sv-se"),
    (0x041e, "th-th"),
    (0x041f, "tr-tr"),
    (0x0421, "id-id"),
    (0x0422, "uk-ua"),
    (0x0424, "sl-si"),
    (0x0425, "et-ee"),
    (0x0426, "lv-lv"),
    (0x0427, "lt-lt"),
    (0x042a, "vi-vn"),
    (0x042d, "eu-es"),
    (0x0456, "gl-es"),
    (0x0804, "zh-cn"),
    (0x0807, "de-ch"),
    (0x0809, "en-gb"),
    (0x080a, "es-mx"),
    (0x080c, "fr-be"),
    (0x0813, "nl-be"),
    (0x0816, "pt-pt"),
    (0x081a, "sr-latn-cs"),
    (0x0c04, "zh-hk"),
    (0x0c0a, "es-es"),
    (0x0c0c, "fr-ca"),
    (0x241a, "sr-latn-rs"),
];

/// Returns the tag of a language identifier of Windows: `en-us` for 0x0409.
pub(super) fn tag(identifier: u16) -> Option<&'static str> {
    TAGS.iter().find(|(of, _)| *of == identifier).map(|(_, tag)| *tag)
}

/// Returns the language of the installation, or the system locale where it is not stated.
pub(super) fn language(facts: &dyn Facts, warnings: &mut Vec<Warning>) -> Option<String> {
    let key = facts.key(LANGUAGE);
    let key = key.known()?;
    let (name, text) = ["InstallLanguage", "Default"].into_iter().find_map(|name| {
        Some((name, key.text(name)?.trim())).filter(|(_, text)| !text.is_empty())
    })?;
    let found = u16::from_str_radix(text, 16).ok().and_then(tag);
    if found.is_none() {
        let message = format!("{name}: expected a language that Windows has, found {text:?}");
        warn(warnings, LANGUAGE, message);
    }
    found.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Memory;

    #[test]
    fn identifiers_become_tags() {
        assert!(TAGS.is_sorted());
        for (install, default, expected, told) in [
            ("0409", "0407", Some("en-us"), 0),
            ("0c0a", "", Some("es-es"), 0),
            ("0C04", "", Some("zh-hk"), 0),
            ("", "0411", Some("ja-jp"), 0),
            ("9999", "", None, 1),
            ("english", "", None, 1),
            ("", "", None, 0),
        ] {
            let mut facts = Memory::default();
            for (name, text) in [("InstallLanguage", install), ("Default", default)] {
                if !text.is_empty() {
                    facts.set_text(LANGUAGE, name, text);
                }
            }
            let mut warnings = Vec::new();
            let found = language(&facts, &mut warnings);
            assert_eq!((found.as_deref(), warnings.len()), (expected, told), "{install}");
        }
    }
}
