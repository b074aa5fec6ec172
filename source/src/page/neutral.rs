//! What a page states, in terms that are the same in every language.
//!
//! Prose stays behind: of a sentence about a restart or a service pack only the answer is kept.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use staunch_model::{
    Architecture, BulletinFact, BulletinPage, BulletinVersion, ManifestFile, OperatingSystem,
    PageFile, PagePlatform, Product, Restart, WorkaroundKind,
};

use super::lexicon::{Lexicon, Section, normalise};
use super::products::{canonical_names, canonical_systems};

/// Longest command, key, switch or tool that is kept, in bytes.
const LONGEST: usize = 400;

/// Languages whose pages list the files of that language rather than the English ones.
const OWN_FILES: &[&str] = &["ja-jp", "ko-kr"];

/// Returns the newest version that the page states, in its head or in its history.
pub(crate) fn version(page: &BulletinPage) -> Option<BulletinVersion> {
    let stated = page.revisions.iter().filter_map(|revision| revision.version.as_ref());
    stated.chain(&page.version).filter_map(|version| version.parse().ok()).max()
}

/// Lists the facts of a page, each once and in order.
pub(crate) fn facts(page: &BulletinPage) -> Vec<BulletinFact> {
    let mut reader = Reader {
        names: HashMap::new(),
        lexicon: page.locale.as_deref().and_then(Lexicon::of),
        facts: BTreeSet::new(),
    };
    reader.header(page);
    reader.products(page);
    for platform in &page.platforms {
        reader.platform(platform);
    }
    let language = page.locale.as_deref().filter(|locale| OWN_FILES.contains(locale));
    let language: Option<Arc<str>> = language.map(Arc::from);
    for file in &page.files {
        reader.file(file, language.as_ref());
    }
    for workaround in &page.workarounds {
        for object in workaround.objects.iter().filter_map(|object| kept(object)) {
            let (cve, kind) = (workaround.cve, workaround.kind);
            reader.facts.insert(BulletinFact::Workaround { cve, kind, object });
        }
        if workaround.objects.is_empty() && workaround.kind == WorkaroundKind::Policy {
            let (cve, kind) = (workaround.cve, workaround.kind);
            reader.facts.insert(BulletinFact::Workaround { cve, kind, object: Arc::from("") });
        }
    }
    reader.facts.into_iter().collect()
}

struct Reader {
    /// Products that a text names, for texts that come again.
    names: HashMap<String, Vec<Arc<str>>>,
    lexicon: Option<&'static Lexicon>,
    facts: BTreeSet<BulletinFact>,
}

impl Reader {
    fn header(&mut self, page: &BulletinPage) {
        self.facts.extend(page.severity.map(BulletinFact::Severity));
        self.facts.extend(page.impact.map(BulletinFact::Impact));
        self.facts.extend(page.published.map(BulletinFact::Published));
        self.facts.extend(page.kbs.iter().copied().map(BulletinFact::Kb));
        self.facts.extend(page.cves.iter().copied().map(BulletinFact::Vulnerability));
        for revision in &page.revisions {
            let version = revision.version.as_ref().and_then(|version| version.parse().ok());
            if let (Some(version), Some(date)) = (version, revision.date) {
                self.facts.insert(BulletinFact::Revision { version, date });
            }
        }
        for described in &page.vulnerabilities {
            let cve = described.cve;
            let disclosed = described.disclosed.map(|is_so| BulletinFact::Disclosed { cve, is_so });
            let exploited = described.exploited.map(|is_so| BulletinFact::Exploited { cve, is_so });
            self.facts.extend(disclosed);
            self.facts.extend(exploited);
        }
    }

    fn products(&mut self, page: &BulletinPage) {
        for stated in &page.products.affected {
            for product in self.named(stated.canonical.as_deref(), &stated.name) {
                if let Some(family) = stated.download.as_deref().map(Arc::from) {
                    let product = Arc::clone(&product);
                    self.facts.insert(BulletinFact::Download { product, family });
                }
                self.facts.insert(BulletinFact::Affected { product, kb: stated.kb });
            }
        }
        for stated in &page.products.unaffected {
            for product in self.named(stated.canonical.as_deref(), &stated.name) {
                self.facts.insert(BulletinFact::Unaffected { product });
            }
        }
        for rating in &page.matrix {
            for product in self.names(&rating.product) {
                let cve = rating.cve;
                self.facts.extend(rating.severity.map(|severity| BulletinFact::Rating {
                    product: Arc::clone(&product),
                    cve,
                    severity,
                }));
                let other = rating.impact.filter(|impact| Some(*impact) != page.impact);
                self.facts.extend(other.map(|impact| BulletinFact::RatedImpact {
                    product,
                    cve,
                    impact,
                }));
            }
        }
        for stated in &page.supersedes {
            let products: Vec<Option<Arc<str>>> = match &stated.product {
                Some(name) => self.names(name).into_iter().map(Some).collect(),
                None => vec![None],
            };
            for product in products {
                self.facts.insert(if stated.replaced {
                    let (bulletin, kb) = (stated.bulletin, stated.kb);
                    BulletinFact::Supersedes { product, bulletin, kb }
                } else {
                    BulletinFact::SupersedesNothing { product }
                });
            }
        }
    }

    fn platform(&mut self, stated: &PagePlatform) {
        for platform in self.names(&stated.product) {
            let of = || Arc::clone(&platform);
            let products = |text: &Option<String>| -> Vec<Arc<str>> {
                let names = text.as_deref().map(canonical_names).unwrap_or_default();
                names.into_iter().map(Arc::from).collect()
            };
            self.facts.extend(
                products(&stated.prerequisites)
                    .into_iter()
                    .filter(|name| name.parse::<OperatingSystem>().is_ok())
                    .map(|product| BulletinFact::Prerequisite { platform: of(), product }),
            );
            self.facts.extend(
                products(&stated.included_in)
                    .into_iter()
                    .filter(|name| has_service_pack(name))
                    .map(|product| BulletinFact::IncludedIn { platform: of(), product }),
            );
            self.facts.extend(
                stated
                    .switches
                    .iter()
                    .flat_map(|switch| switches(&switch.switch))
                    .map(|switch| BulletinFact::Switch { platform: of(), switch }),
            );
            self.facts.extend(
                stated
                    .commands
                    .iter()
                    .filter_map(|command| kept(&english_package(command)))
                    .map(|command| BulletinFact::Command { platform: of(), command }),
            );
            self.facts.extend(
                stated
                    .registry_keys
                    .iter()
                    .filter_map(|key| kept(key))
                    .map(|key| BulletinFact::RegistryKey { platform: of(), key }),
            );
            let restart = stated.restart.as_deref().and_then(|text| self.restart(text));
            self.facts.extend(
                restart.map(|restart| BulletinFact::NeedsRestart { platform: of(), restart }),
            );
            let Some(removal) = stated.removal.as_deref() else { continue };
            let tools = tools(removal);
            let is_so = !tools.is_empty();
            if is_so || self.says(removal, "not_removable") {
                self.facts.insert(BulletinFact::Removable { platform: of(), is_so });
            }
            self.facts.extend(
                tools.into_iter().map(|tool| BulletinFact::RemovalTool { platform: of(), tool }),
            );
        }
    }

    fn file(&mut self, stated: &PageFile, language: Option<&Arc<str>>) {
        let products = stated.section.as_deref().map(|section| self.names(section));
        let products = products.filter(|names| !names.is_empty()).map(|mut names| {
            names.sort();
            names.dedup();
            names.join("; ").into()
        });
        self.facts.insert(BulletinFact::File(ManifestFile {
            products,
            name: stated.name.to_lowercase().into(),
            architecture: stated.platform.as_deref().and_then(architecture),
            folder: stated.folder.as_ref().map(|folder| folder.to_uppercase().into()),
            target: None,
            version: stated.version,
            size: stated.size,
            date: stated.date,
            minute: stated.time.as_deref().and_then(minute),
            checksum: None,
            language: language.cloned(),
        }));
    }

    /// Lists the products behind a name whose canonical form may be known already.
    fn named(&mut self, canonical: Option<&str>, name: &str) -> Vec<Arc<str>> {
        match canonical {
            Some(name) => vec![name.into()],
            None => self.names(name),
        }
    }

    /// Lists the products that a text names: canonical names, or else those of the systems in it,
    /// or else what is Latin in it.
    fn names(&mut self, text: &str) -> Vec<Arc<str>> {
        if let Some(found) = self.names.get(text) {
            return found.clone();
        }
        let mut found: Vec<Arc<str>> = canonical_names(text).into_iter().map(Arc::from).collect();
        if found.is_empty() {
            found.extend(canonical_systems(text).into_iter().map(Arc::from));
        }
        if found.is_empty() {
            found.extend(latin_name(text));
        }
        self.names.insert(text.to_owned(), found.clone());
        found
    }

    fn says(&self, text: &str, key: &str) -> bool {
        self.answers()
            .is_some_and(|answers| answers.within(&normalise(text)).any(|said| said == key))
    }

    fn answers(&self) -> Option<&'static Section> {
        self.lexicon.map(|lexicon| lexicon.section("deployment_answers"))
    }

    /// A page that says that something restarts only when files are in use says *perhaps*, also
    /// where the sentence begins with a no.
    fn restart(&self, text: &str) -> Option<Restart> {
        let text = normalise(text);
        let said: Vec<&str> = self.answers()?.within(&text).collect();
        let says = |key: &str| said.contains(&key);
        if says("perhaps_restart") {
            Some(Restart::Maybe)
        } else if says("no_restart") {
            Some(Restart::No)
        } else {
            says("restart").then_some(Restart::Yes)
        }
    }
}

/// Returns a text that is short enough to be an object and no sentence.
fn kept(text: &str) -> Option<Arc<str>> {
    let text = text.trim();
    (!text.is_empty() && text.len() <= LONGEST).then(|| text.into())
}

/// Tells whether a canonical name ends in a service pack.
fn has_service_pack(name: &str) -> bool {
    let product = Product::from_published_name(name);
    match &product {
        Product::OperatingSystem(system) => system.service_pack.0 > 0,
        Product::Application(application) => application.component().service_pack().0 > 0,
    }
}

/// Makes a name of the words that are the same in every language: numbers, and Latin words that
/// begin with a capital.
fn latin_name(text: &str) -> Option<Arc<str>> {
    let edge = |c: char| !c.is_ascii_alphanumeric() && c != '.';
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_matches(edge))
        .filter(|word| {
            word.is_ascii()
                && word
                    .starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '.')
        })
        .collect();
    let name = words.join(" ");
    (name.len() <= LONGEST && name.contains(|c: char| c.is_ascii_alphabetic())).then(|| name.into())
}

/// Lists the switches of a cell without the names of their arguments, which are in the language of
/// the page: `/log:` of `/log:path`.
fn switches(text: &str) -> Vec<Arc<str>> {
    text.split([',', ' ', '\u{3001}', '\u{a0}'])
        .map(str::trim)
        .filter(|word| word.starts_with(['/', '-']) && word.len() > 1)
        .filter_map(|word| {
            let end = word.find([':', '[', '<', '|', '\u{ff1a}']).unwrap_or(word.len());
            let keeps_value = word[end..].len() == 2 && word[end..].starts_with(':');
            let bare = if keeps_value { word } else { &word[..end] };
            kept(bare).filter(|bare| bare.is_ascii())
        })
        .collect()
}

/// Writes a command in lower case, and names the package of the English language in it: packages
/// are named after their language.
fn english_package(command: &str) -> String {
    const LANGUAGES: &[&str] = &[
        "chs", "cht", "csy", "deu", "esn", "esp", "fra", "hun", "ita", "jpn", "kor", "nld", "plk",
        "ptb", "ptg", "rus", "trk",
    ];
    let lower = command.to_lowercase();
    let mut found = String::with_capacity(lower.len());
    for part in lower.split_inclusive(['-', '_', '.', ' ']) {
        let word = part.trim_end_matches(['-', '_', '.', ' ']);
        let is_language = LANGUAGES.contains(&word) && found.ends_with(['-', '_']);
        found.push_str(if is_language { "enu" } else { word });
        found.push_str(&part[word.len()..]);
    }
    found
}

/// Lists what removes an update: programs and the folders that keep the files it replaced.
fn tools(text: &str) -> Vec<Arc<str>> {
    let mut found: Vec<Arc<str>> = Vec::new();
    let edge = |c: char| {
        matches!(
            c,
            '"' | '\''
                | '('
                | ')'
                | ','
                | ';'
                | '.'
                | '\u{201c}'
                | '\u{201d}'
                | '\u{3002}'
                | '\u{300c}'
                | '\u{300d}'
        )
    };
    let is_object = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '$' | '%' | '\\' | '.' | '_' | '-' | '/' | ':')
    };
    for word in text.split(|c: char| !is_object(c)) {
        let word = word.trim_matches(edge);
        let lower = word.to_ascii_lowercase();
        let is_program = lower.ends_with(".exe") && word.len() > 4;
        let is_folder = lower.contains("$ntuninstall") || lower.contains("$ntservicepackuninstall");
        if is_program || is_folder {
            // The folder is named with and without the program in it.
            let name: Arc<str> = lower.trim_end_matches("\\spuninst").into();
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}

fn architecture(text: &str) -> Option<Architecture> {
    Architecture::ALL.iter().copied().find(|known| known.as_str() == text)
}

/// Reads `HH:MM`.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_lose_the_words_of_a_language() {
        let of = |text: &str| switches(text).join(" ");
        assert_eq!(of("/log:percorso"), "/log");
        assert_eq!(of("/warnrestart[:x]"), "/warnrestart");
        assert_eq!(of("/?、/h、/help"), "/? /h /help");
        assert_eq!(of("/q:a"), "/q:a");
        assert_eq!(of("/uninstall /kb:<KB Number>"), "/uninstall /kb");
    }

    #[test]
    fn packages_of_all_languages_are_one() {
        assert_eq!(
            english_package("WindowsXP-KB899588-x86-JPN.exe /quiet"),
            "windowsxp-kb899588-x86-enu.exe /quiet"
        );
        assert_eq!(english_package("msiexec /i deu.msi"), "msiexec /i deu.msi");
    }

    #[test]
    fn removal_names_programs_and_folders() {
        let text = "Sie können Spuninst.exe verwenden. Die Datei Spuninst.exe befindet sich im \
                    Ordner %Windir%\\$NtUninstallKB899588$\\Spuninst.";
        assert_eq!(
            tools(text),
            [Arc::from("spuninst.exe"), Arc::from("%windir%\\$ntuninstallkb899588$")]
        );
    }

    #[test]
    fn restarts_are_understood() {
        let reader = |locale| Reader {
            names: HashMap::new(),
            lexicon: Lexicon::of(locale),
            facts: BTreeSet::new(),
        };
        for (locale, text, expected) in [
            (
                "de-de",
                "Für dieses Update ist kein Neustart des Computers erforderlich.",
                Restart::No,
            ),
            ("zh-cn", "应用此安全更新后，必须重新启动系统。", Restart::Yes),
            (
                "pl-pl",
                "Ta aktualizacja nie wymaga ponownego uruchomienia komputera. Jeżeli jednak \
              wymagane pliki są aktualnie używane, ta aktualizacja wymaga ponownego uruchomienia.",
                Restart::Maybe,
            ),
        ] {
            assert_eq!(reader(locale).restart(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_heading_that_lists_editions_names_their_systems() {
        let one = "Windows 2000 Service Pack 4 und Small Business Server 2000:";
        assert_eq!(canonical_systems(one), ["Windows 2000 Service Pack 4"]);
        let many = "Windows Server 2003, Web Edition mit SP1; ".repeat(40) + "Windows Server 2003";
        let mut found = canonical_systems(&many);
        found.dedup();
        assert_eq!(found, ["Windows Server 2003 Service Pack 1", "Windows Server 2003"]);
    }

    #[test]
    fn what_is_latin_makes_a_name() {
        assert_eq!(
            latin_name("Microsoft Office 2004 для Mac").as_deref(),
            Some("Microsoft Office 2004 Mac")
        );
        assert_eq!(latin_name("管理安装信息"), None);
    }
}
