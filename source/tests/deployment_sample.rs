//! What 60 bulletin pages say of deployment, vulnerabilities and workarounds, checked by hand,
//! against what the reader says of them.

#![expect(clippy::unwrap_used, reason = "helpers of a test")]

use std::collections::BTreeMap;
use std::path::Path;

use staunch_model::{BulletinPage, PagePlatform, WorkaroundKind};
use staunch_source::{documents, read_page};
use toml::{Table, Value};

/// Share of the facts of each facet that are read right.
const LEAST: f64 = 0.95;
/// Share of workarounds, and of their objects, that are read right.
const LEAST_WORKAROUNDS: f64 = 0.90;
/// Most facts among all that are read and that the pages do not have, as a share.
const MOST_INVENTED: f64 = 0.01;

/// Facets in the order of the table.
const FACETS: [&str; 14] = [
    "platform",
    "prerequisites",
    "included in",
    "restart",
    "removal",
    "removal tool, folder",
    "removal switch",
    "switch",
    "command",
    "registry key",
    "mitigating factors",
    "disclosed, exploited",
    "workaround, kind",
    "workaround object",
];

/// Facts of one facet.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    expected: u32,
    right: u32,
    wrong: u32,
    missing: u32,
    invented: u32,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.expected += other.expected;
        self.right += other.right;
        self.wrong += other.wrong;
        self.missing += other.missing;
        self.invented += other.invented;
    }

    fn is_perfect(self) -> bool {
        self.right == self.expected && self.invented == 0
    }
}

type Tallies = [Tally; FACETS.len()];

#[test]
fn the_sample_of_pages_is_read_as_checked_by_hand() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fixtures/source/page-sample/deployment.toml");
    let sample: Table = std::fs::read_to_string(file).unwrap().parse().unwrap();
    let expected: BTreeMap<&str, &Table> = list(&sample, "page")
        .iter()
        .map(|page| page.as_table().unwrap())
        .map(|page| (page["path"].as_str().unwrap(), page))
        .collect();
    assert_eq!(expected.len(), 60);
    let Some(shared) = staunch_testkit::shared_data() else {
        println!("skipped: no shared data");
        return;
    };
    let mut read: BTreeMap<String, Tallies> = BTreeMap::new();
    documents(&shared.join("bulletins"), &mut |mut document| {
        let name = document.name().to_owned();
        let key = expected.keys().find(|path| name.ends_with(**path));
        if let Some(key) = key {
            let held = document.hold()?;
            let page = read_page(&name, &held)?;
            let text = String::from_utf8_lossy(&held).into_owned();
            read.insert((*key).to_owned(), compare(expected[key], &page, &text));
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(read.len(), expected.len(), "every page of the sample is in the corpus");
    report(&read);
}

/// Prints the pages with a fault and the totals, and asserts the shares.
fn report(read: &BTreeMap<String, Tallies>) {
    let mut totals = Tallies::default();
    for (path, tallies) in read {
        let faults: Vec<String> = tallies
            .iter()
            .zip(FACETS)
            .filter(|(tally, _)| !tally.is_perfect())
            .map(|(tally, facet)| {
                format!(
                    "{facet} {}/{} (wrong {}, missing {}, invented {})",
                    tally.right, tally.expected, tally.wrong, tally.missing, tally.invented
                )
            })
            .collect();
        let facts: u32 = tallies.iter().map(|tally| tally.expected).sum();
        let right: u32 = tallies.iter().map(|tally| tally.right).sum();
        println!("| {path} | {right} of {facts} | {} |", faults.join("; "));
        totals.iter_mut().zip(tallies).for_each(|(total, tally)| total.add(*tally));
    }
    println!("| facet | facts | right | wrong | missing | invented |");
    let mut all = Tally::default();
    for (tally, facet) in totals.iter().zip(FACETS) {
        let Tally { expected, right, wrong, missing, invented } = *tally;
        println!("| {facet} | {expected} | {right} | {wrong} | {missing} | {invented} |");
        all.add(*tally);
    }
    println!("all {all:?}");
    for (tally, facet) in totals.iter().zip(FACETS) {
        let least = if facet.starts_with("workaround") { LEAST_WORKAROUNDS } else { LEAST };
        assert!(f64::from(tally.right) >= least * f64::from(tally.expected), "{facet}: {tally:?}");
    }
    let invented = f64::from(all.invented + all.wrong);
    assert!(invented <= MOST_INVENTED * f64::from(all.right), "{all:?}");
}

fn compare(expected: &Table, page: &BulletinPage, text: &str) -> Tallies {
    let lines: Vec<String> = text.lines().map(squeeze).collect();
    let mut tallies = Tallies::default();
    let none = PagePlatform::default();
    let platforms = list(expected, "platform");
    let names = platforms.iter().map(|platform| platform["product"].as_str().unwrap().to_owned());
    tallies[0] = sets(names.collect(), page.platforms.iter().map(|p| p.product.clone()).collect());
    for (at, platform) in platforms.iter().enumerate() {
        let platform = platform.as_table().unwrap();
        let own = page.platforms.get(at).unwrap_or(&none);
        let statements = [
            ("prerequisites", &own.prerequisites),
            ("included_in", &own.included_in),
            ("restart", &own.restart),
            ("removal", &own.removal),
        ];
        for (facet, (name, statement)) in statements.into_iter().enumerate() {
            let line = platform.get(name).and_then(Value::as_integer);
            tallies[1 + facet].add(state(line, statement.as_deref(), &lines));
        }
        let removal = own.removal.as_deref().unwrap_or_default();
        let switches = platform.get("removal_switches").and_then(Value::as_str).unwrap_or_default();
        let switches = switches.split_whitespace().map(str::to_owned).collect();
        let meant = own.switches.iter().filter(|switch| !switch.meaning.is_empty());
        tallies[5].add(sets(texts(platform, "tools"), tools(removal)));
        tallies[6].add(sets(switches, removal.lines().filter_map(switch_name).collect()));
        tallies[7]
            .add(sets(texts(platform, "switches"), meant.map(|s| s.switch.clone()).collect()));
        tallies[8].add(sets(texts(platform, "commands"), own.commands.clone()));
        tallies[9].add(sets(texts(platform, "keys"), own.registry_keys.clone()));
    }
    for platform in page.platforms.iter().skip(platforms.len()) {
        let count = platform.commands.len() + platform.registry_keys.len();
        tallies[8].invented += u32::try_from(count).unwrap();
    }
    vulnerabilities(expected, page, &mut tallies);
    workarounds(expected, page, &mut tallies);
    tallies
}

/// A statement begins on its line, or on one of the next: a cell of a table stands below its row.
fn state(line: Option<i64>, statement: Option<&str>, lines: &[String]) -> Tally {
    let mut tally = Tally { expected: u32::from(line.is_some()), ..Tally::default() };
    match (line, statement) {
        (Some(line), Some(text)) => {
            let first = text.lines().next().unwrap_or_default();
            let start: String = squeeze(first).chars().take(44).collect();
            let from = usize::try_from(line - 1).unwrap();
            let near: String = lines.iter().skip(from).take(5).map(String::as_str).collect();
            let is_there = near.contains(&start);
            tally.right = u32::from(is_there);
            tally.wrong = u32::from(!is_there);
        }
        (Some(_), None) => tally.missing = 1,
        (None, Some(_)) => tally.invented = 1,
        (None, None) => {}
    }
    tally
}

fn vulnerabilities(expected: &Table, page: &BulletinPage, tallies: &mut Tallies) {
    let answer = |known: Option<bool>| match known {
        Some(true) => "yes",
        Some(false) => "no",
        None => "-",
    };
    let mut known = Vec::new();
    for fact in texts(expected, "vulnerabilities") {
        let parts: Vec<&str> = fact.split(' ').collect();
        let [id, factors, disclosed, exploited] = parts[..] else { panic!("{fact}") };
        known.push(id.to_owned());
        let own = page.vulnerabilities.iter().find(|own| own.cve.to_string() == id);
        let count = own.map_or(0, |own| own.mitigations.len());
        let tally = &mut tallies[10];
        tally.expected += 1;
        let is_right = own.is_some() && factors == count.to_string();
        tally.right += u32::from(is_right);
        tally.missing += u32::from(!is_right && count == 0);
        tally.wrong += u32::from(!is_right && count > 0);
        let answers = own.map_or([None, None], |own| [own.disclosed, own.exploited]);
        for (stated, own) in [disclosed, exploited].into_iter().zip(answers) {
            let tally = &mut tallies[11];
            tally.expected += u32::from(stated != "-");
            tally.right += u32::from(stated != "-" && stated == answer(own));
            tally.missing += u32::from(stated != "-" && own.is_none());
            tally.wrong += u32::from(stated != "-" && own.is_some() && stated != answer(own));
            tally.invented += u32::from(stated == "-" && own.is_some());
        }
    }
    let others = page.vulnerabilities.iter().filter(|own| !known.contains(&own.cve.to_string()));
    tallies[10].invented += u32::try_from(others.count()).unwrap();
}

fn workarounds(expected: &Table, page: &BulletinPage, tallies: &mut Tallies) {
    let mut own: BTreeMap<u32, (&str, Vec<String>)> = BTreeMap::new();
    for workaround in &page.workarounds {
        let kind = match workaround.kind {
            WorkaroundKind::Registry => "registry",
            WorkaroundKind::Ports => "ports",
            WorkaroundKind::Service => "service",
            WorkaroundKind::Policy => "policy",
            WorkaroundKind::AccessControl => "access_control",
            WorkaroundKind::KillBit => "kill_bit",
            WorkaroundKind::Other => "other",
        };
        own.insert(workaround.line, (kind, workaround.objects.clone()));
    }
    for fact in texts(expected, "workarounds") {
        let mut parts = fact.splitn(3, ' ');
        let line: u32 = parts.next().unwrap().parse().unwrap();
        let kind = parts.next().unwrap();
        let objects = parts.next().map(|rest| rest.split("; ").map(str::to_owned).collect());
        let read = own.remove(&line);
        let tally = &mut tallies[12];
        tally.expected += 1;
        tally.missing += u32::from(read.is_none());
        let (own_kind, own_objects) = read.unwrap_or_default();
        tally.right += u32::from(own_kind == kind);
        tally.wrong += u32::from(!own_kind.is_empty() && own_kind != kind);
        tallies[13].add(sets(objects.unwrap_or_default(), own_objects));
    }
    tallies[12].invented += u32::try_from(own.len()).unwrap();
}

/// Compares sets of texts without regard to case, spaces and quotation marks.
fn sets(expected: Vec<String>, own: Vec<String>) -> Tally {
    let fold = |texts: Vec<String>| -> Vec<String> {
        let fold = |text: &String| -> String {
            let text = text.replace(['“', '”', '„'], "\"");
            text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
        };
        let mut list: Vec<String> = texts.iter().map(fold).collect();
        list.sort();
        list
    };
    let (expected, own) = (fold(expected), fold(own));
    let right = expected.iter().filter(|text| own.contains(text)).count();
    let invented = own.iter().filter(|text| !expected.contains(text)).count();
    let count = |number: usize| u32::try_from(number).unwrap();
    Tally {
        expected: count(expected.len()),
        right: count(right),
        missing: count(expected.len() - right),
        invented: count(invented),
        wrong: 0,
    }
}

/// Lists the uninstallers and folders that a statement on removal names.
fn tools(removal: &str) -> Vec<String> {
    let lower = removal.to_ascii_lowercase();
    let mut found: Vec<String> = ["Spuninst.exe", "Hotfix.exe", "WUSA.exe"]
        .into_iter()
        .filter(|tool| lower.contains(&tool.to_ascii_lowercase()))
        .map(str::to_owned)
        .collect();
    let mut rest = removal;
    while let Some((_, after)) = rest.split_once("%\\$") {
        let Some((name, next)) = after.split_once('$') else { break };
        let folder = format!("${name}$");
        if !found.contains(&folder) {
            found.push(folder);
        }
        rest = next;
    }
    found
}

fn switch_name(line: &str) -> Option<String> {
    let rest = line.strip_prefix('/')?;
    let name: String = match rest.strip_prefix('?') {
        Some(_) => "?".to_owned(),
        None => rest.chars().take_while(char::is_ascii_alphanumeric).collect(),
    };
    (!name.is_empty()).then(|| format!("/{name}"))
}

fn list<'t>(table: &'t Table, name: &str) -> &'t [Value] {
    table.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn texts(table: &Table, name: &str) -> Vec<String> {
    list(table, name).iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}

/// Letters and digits of a line without its tags and the addresses of its links, in lower case.
fn squeeze(line: &str) -> String {
    let mut text = String::new();
    let mut end = None;
    let mut last = ' ';
    for c in line.chars() {
        match (end, c) {
            (Some(close), _) if c == close => end = None,
            (Some(_), _) => {}
            (None, '<') => end = Some('>'),
            (None, '(') if last == ']' => end = Some(')'),
            (None, _) if c.is_alphanumeric() => text.extend(c.to_lowercase()),
            (None, _) => {}
        }
        last = c;
    }
    text
}
