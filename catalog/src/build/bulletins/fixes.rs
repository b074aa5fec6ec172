//! From the facts of bulletins to statements that an update closes vulnerabilities on a product.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use staunch_model::{
    BulletinFact, BulletinId, CveId, Date, Family, Fix, FixKind, KbNumber, LifecycleRecord,
    OperatingSystem, Product, ProductMention, Provenance, PublicationId, Restart, ServicePack,
    Severity, SupersededRef, VulnerabilityId,
};

use super::Bulletin;

/// Days on which service packs came out.
pub(in crate::build) type ServicePacks = BTreeMap<(Family, ServicePack), Date>;

/// Lists the service packs whose day is known.
pub(in crate::build) fn service_packs(lifecycles: &[LifecycleRecord]) -> ServicePacks {
    let of = |record: &LifecycleRecord| {
        let family = record.family;
        let packs = record.service_packs.clone();
        packs.into_iter().filter_map(move |pack| Some(((family, pack.number), pack.released?)))
    };
    lifecycles.iter().flat_map(of).collect()
}

/// What the fixes of bulletins are made with.
pub(in crate::build) struct Context<'a> {
    pub(in crate::build) service_packs: &'a ServicePacks,
    /// Updates that other publications describe, for every product.
    pub(in crate::build) known: &'a BTreeSet<KbNumber>,
    /// Vulnerabilities that other publications name an update for.
    pub(in crate::build) closed: &'a BTreeSet<VulnerabilityId>,
    pub(in crate::build) titles: &'a BTreeMap<BulletinId, Arc<str>>,
    pub(in crate::build) publications: &'a [PublicationId],
}

/// Lists the statements of a bulletin that other publications do not describe.
///
/// Where they know its updates, a number that only the pages have is another name for one of
/// them, such as that of a bundle.
pub(in crate::build) fn fixes(
    id: BulletinId,
    bulletin: &Bulletin,
    context: &Context<'_>,
) -> Vec<Fix> {
    let facts = Facts::of(bulletin);
    let mut fixes = Vec::new();
    if facts.is_described(context) {
        return fixes;
    }
    for (product, kb, publications) in &facts.affected {
        let Some(kb) = kb.or_else(|| facts.kb_of(product)) else { continue };
        if context.known.contains(&kb) {
            continue;
        }
        let supersedes = facts.superseded_on(product);
        let restart = facts.restart_of(product);
        let mut vulnerabilities: Vec<(Option<VulnerabilityId>, Option<Severity>)> = facts
            .vulnerabilities_of(product)
            .into_iter()
            .map(|(cve, severity)| (Some(VulnerabilityId::Cve(cve)), severity))
            .collect();
        if vulnerabilities.is_empty() {
            vulnerabilities.push((None, facts.severity));
        }
        for name in facts.at_service_packs(product, context.service_packs) {
            for (vulnerability, severity) in &vulnerabilities {
                for publication in *publications {
                    fixes.push(Fix {
                        vulnerability: *vulnerability,
                        kind: FixKind::Update(kb),
                        product: ProductMention { name: Arc::clone(&name), component: None },
                        severity: *severity,
                        impact: facts.impact,
                        supersedes: supersedes.clone(),
                        restart,
                        sub_type: None,
                        fixed_build: None,
                        payload: None,
                        title: context.titles.get(&id).cloned(),
                        bulletin: Some(id),
                        posted: facts.published,
                        provenance: Provenance {
                            publication: context.publications[*publication as usize].clone(),
                            line: 1,
                        },
                    });
                }
            }
        }
    }
    fixes
}

/// A bulletin's facts by what they are asked for.
struct Facts<'b> {
    bulletin: &'b Bulletin,
    severity: Option<Severity>,
    impact: Option<staunch_model::Impact>,
    published: Option<Date>,
    kbs: BTreeSet<KbNumber>,
    affected: Vec<(Product, Option<KbNumber>, &'b [u32])>,
    unaffected: Vec<Product>,
    /// Articles that commands, keys and tools of a family's platform name.
    deployed: BTreeMap<Family, BTreeSet<KbNumber>>,
}

impl<'b> Facts<'b> {
    fn of(bulletin: &'b Bulletin) -> Self {
        let mut facts = Self {
            bulletin,
            severity: None,
            impact: None,
            published: None,
            kbs: BTreeSet::new(),
            affected: Vec::new(),
            unaffected: Vec::new(),
            deployed: BTreeMap::new(),
        };
        for (fact, publications) in &bulletin.facts {
            match fact {
                BulletinFact::Severity(severity) => facts.severity = Some(*severity),
                BulletinFact::Impact(impact) => facts.impact = Some(*impact),
                BulletinFact::Published(date) => facts.published = Some(*date),
                BulletinFact::Kb(kb) => {
                    facts.kbs.insert(*kb);
                }
                BulletinFact::Affected { product, kb } => {
                    let product = Product::from_published_name(product);
                    facts.affected.push((product, *kb, publications));
                }
                BulletinFact::Unaffected { product } => {
                    facts.unaffected.push(Product::from_published_name(product));
                }
                BulletinFact::Command { platform, command: text }
                | BulletinFact::RegistryKey { platform, key: text }
                | BulletinFact::RemovalTool { platform, tool: text } => {
                    if let Some(family) = family(&Product::from_published_name(platform)) {
                        facts.deployed.entry(family).or_default().extend(kbs_in(text));
                    }
                }
                _ => {}
            }
        }
        facts
    }

    /// Tells whether other publications know at least half of the bulletin's updates, or of the
    /// vulnerabilities that it closes.
    fn is_described(&self, context: &Context<'_>) -> bool {
        let of_products = self.affected.iter().filter_map(|(_, kb, _)| *kb);
        let mut updates: BTreeSet<KbNumber> = of_products.collect();
        if updates.is_empty() {
            updates.clone_from(&self.kbs);
        }
        let closes = || {
            self.bulletin.facts.iter().filter_map(|(fact, _)| match fact {
                BulletinFact::Vulnerability(cve) => Some(VulnerabilityId::Cve(*cve)),
                _ => None,
            })
        };
        let known = updates.iter().filter(|kb| context.known.contains(kb)).count();
        let closed = closes().filter(|id| context.closed.contains(id)).count();
        (known > 0 && known * 2 >= updates.len()) || (closed > 0 && closed * 2 >= closes().count())
    }

    /// Returns the update for a product of which the list of products names none: the bulletin's
    /// only one, or else the only one that the deployment of its family names.
    fn kb_of(&self, product: &Product) -> Option<KbNumber> {
        if self.kbs.len() == 1 {
            return self.kbs.first().copied();
        }
        let deployed = self.deployed.get(&family(product)?)?;
        let mut of_bulletin = deployed.iter().filter(|kb| self.kbs.contains(kb));
        match (of_bulletin.next(), of_bulletin.next()) {
            (Some(only), None) => Some(*only),
            (Some(_), Some(_)) => None,
            (None, _) if deployed.len() == 1 => deployed.first().copied(),
            (None, _) => None,
        }
    }

    /// Lists what is replaced on a product: what is said of it, of its system, or of all.
    fn superseded_on(&self, product: &Product) -> Vec<SupersededRef> {
        let stated = || {
            self.bulletin.facts.iter().filter_map(|(fact, _)| match fact {
                BulletinFact::Supersedes { product, bulletin, kb } => {
                    let of = product.as_ref().map(|name| Product::from_published_name(name));
                    Some((of, SupersededRef { kb: *kb, bulletin: *bulletin }))
                }
                _ => None,
            })
        };
        let nearest = stated().filter_map(|(of, _)| distance(product, of.as_ref())).min();
        let mut found: Vec<SupersededRef> = stated()
            .filter(|(of, _)| nearest.is_some() && distance(product, of.as_ref()) == nearest)
            .map(|(_, superseded)| superseded)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn restart_of(&self, product: &Product) -> Option<Restart> {
        let stated = self.bulletin.facts.iter().filter_map(|(fact, _)| match fact {
            BulletinFact::NeedsRestart { platform, restart } => {
                let of = Product::from_published_name(platform);
                Some((distance(product, Some(&of))?, *restart))
            }
            _ => None,
        });
        let nearest = stated.clone().map(|(distance, _)| distance).min()?;
        stated.filter(|(distance, _)| *distance == nearest).map(|(_, restart)| restart).max()
    }

    /// Lists the vulnerabilities on a product: those that are rated for it, or all of the bulletin
    /// where none is.
    fn vulnerabilities_of(&self, product: &Product) -> Vec<(CveId, Option<Severity>)> {
        let mut rated: BTreeMap<CveId, (u8, Severity)> = BTreeMap::new();
        let mut all = Vec::new();
        for (fact, _) in &self.bulletin.facts {
            match fact {
                BulletinFact::Vulnerability(cve) => all.push((*cve, self.severity)),
                BulletinFact::Rating { product: of, cve: Some(cve), severity } => {
                    let of = Product::from_published_name(of);
                    let Some(distance) = distance(product, Some(&of)) else { continue };
                    let nearest = rated.entry(*cve).or_insert((distance, *severity));
                    if distance < nearest.0 {
                        *nearest = (distance, *severity);
                    } else if distance == nearest.0 {
                        nearest.1 = nearest.1.max(*severity);
                    }
                }
                _ => {}
            }
        }
        if rated.is_empty() {
            return all;
        }
        rated.into_iter().map(|(cve, (_, severity))| (cve, Some(severity))).collect()
    }

    /// Lists the names of a product at every service pack that is meant.
    ///
    /// Until service packs are listed one by one, a system without one stands for all that were
    /// out on the day of the bulletin.
    fn at_service_packs(&self, product: &Product, released: &ServicePacks) -> Vec<Arc<str>> {
        let mut names = vec![Arc::from(product.to_string())];
        let (Some(system), Some(published)) = (product.platform(), self.published) else {
            return names;
        };
        let is_told_apart = |other: &Product| {
            other.platform().is_some_and(|other| {
                other.service_pack.0 > 0
                    && OperatingSystem { service_pack: system.service_pack, ..*other } == *system
            })
        };
        let listed = self.affected.iter().map(|(product, ..)| product).chain(&self.unaffected);
        if system.service_pack.0 > 0 || listed.into_iter().any(is_told_apart) {
            return names;
        }
        for ((family, service_pack), date) in released {
            if *family == system.family && *date <= published {
                let system = OperatingSystem { service_pack: *service_pack, ..*system };
                let product = match product {
                    Product::OperatingSystem(_) => Product::OperatingSystem(system),
                    Product::Application(application) => {
                        let component = application.component().clone();
                        Product::Application(staunch_model::Application::new(
                            component,
                            Some(system),
                        ))
                    }
                };
                names.push(product.to_string().into());
            }
        }
        names
    }
}

fn family(product: &Product) -> Option<Family> {
    product.platform().map(|system| system.family)
}

/// Tells how far a product is from what a statement is about; nothing where the statement is
/// about something else. A statement about no product is about all.
fn distance(product: &Product, stated: Option<&Product>) -> Option<u8> {
    let Some(stated) = stated else { return Some(3) };
    if stated == product {
        return Some(0);
    }
    let same_component = stated.component() == product.component();
    match (product.platform(), stated.platform()) {
        (Some(own), Some(of)) if own.family == of.family && same_component => {
            let same_machine = own.architecture == of.architecture && own.edition == of.edition;
            // A name without a service pack stands for the system with any.
            if of.service_pack.0 == 0 && same_machine {
                Some(1)
            } else {
                (of.service_pack.0 == 0 && of.edition.is_none()).then_some(2)
            }
        }
        // A component that is named without its system is the same on all.
        (Some(_), None) if same_component && stated.component().is_some() => Some(2),
        _ => None,
    }
}

/// Lists article numbers in commands, keys and folders: `WindowsXP-KB840374-x86-ENU.exe`,
/// `$NtUninstallQ329170$`.
fn kbs_in(text: &str) -> Vec<KbNumber> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for at in 1..bytes.len() {
        let is_mark = matches!(bytes[at - 1], b'B' | b'b' | b'Q' | b'q');
        let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if is_mark && matches!(digits, 6 | 7) {
            found.extend(text[at..at + digits].parse().ok().and_then(KbNumber::new));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(name: &str) -> Product {
        Product::from_published_name(name)
    }

    #[test]
    fn the_nearest_statement_is_meant() {
        let own = product("Windows XP Service Pack 1");
        let to = |name| distance(&own, Some(&product(name)));
        assert_eq!(to("Windows XP Service Pack 1"), Some(0));
        assert_eq!(to("Windows XP"), Some(1));
        assert_eq!(to("Windows XP Service Pack 2"), None);
        assert_eq!(to("Windows 2000"), None);
        assert_eq!(distance(&own, None), Some(3));
        let explorer = product("Internet Explorer 6 Service Pack 1 on Windows XP Service Pack 1");
        assert_eq!(distance(&explorer, Some(&own)), None);
        let alone = product("Internet Explorer 6 Service Pack 1");
        assert_eq!(distance(&explorer, Some(&alone)), Some(2));
    }

    #[test]
    fn articles_stand_in_commands_and_folders() {
        let kb = |number| KbNumber::new(number).unwrap();
        assert_eq!(kbs_in("WindowsXP-KB840374-x86-ENU.exe /passive"), [kb(840374)]);
        assert_eq!(kbs_in("%windir%\\$ntuninstallq329170$"), [kb(329170)]);
        assert_eq!(kbs_in("IE6.0sp1-KB12-x86"), []);
    }
}
