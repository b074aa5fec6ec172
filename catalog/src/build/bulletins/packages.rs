//! Facts of bulletins from a database of packages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use staunch_model::{
    BulletinFact, BulletinId, FileAction, KbNumber, ManifestFile, OperatingSystem, PackageProduct,
    PackageRecord, PackageRef, Product, RegistryChange, Restart, StatedVersion,
};

use super::Bulletin;

/// A package with the number of its publication.
pub(in crate::build) type NumberedPackage = (u32, PackageRecord);

/// Adds what packages state to their bulletins.
///
/// `kbs` are the articles that the database lists for a bulletin: one that is alone there stands
/// for the packages that name none.
pub(in crate::build) fn add(
    bulletins: &mut BTreeMap<BulletinId, Bulletin>,
    packages: &[NumberedPackage],
    kbs: &BTreeMap<BulletinId, BTreeSet<KbNumber>>,
) {
    let mut said: BTreeMap<(BulletinId, BulletinFact), BTreeSet<u32>> = BTreeMap::new();
    let mut say = |bulletin, fact, publication| {
        said.entry((bulletin, fact)).or_default().insert(publication);
    };
    let kb_of = |package: &PackageRecord| {
        package.kb.or_else(|| match kbs.get(&package.bulletin) {
            Some(kbs) if kbs.len() == 1 => kbs.first().copied(),
            _ => None,
        })
    };
    let by_name: BTreeMap<(BulletinId, String), &PackageRecord> = packages
        .iter()
        .map(|(_, package)| ((package.bulletin, package.name.to_lowercase()), package))
        .collect();
    for (publication, package) in packages {
        let kb = kb_of(package);
        let products: Vec<Arc<str>> = package.products.iter().flat_map(names).collect();
        let mut own = |fact| say(package.bulletin, fact, *publication);
        kb.into_iter().for_each(|kb| own(BulletinFact::Kb(kb)));
        for product in &products {
            let of = || Arc::clone(product);
            own(BulletinFact::Affected { product: of(), kb });
            own(BulletinFact::Package { platform: of(), name: Arc::clone(&package.name) });
            if package.restart == Some(Restart::No) {
                own(BulletinFact::NeedsRestart { platform: of(), restart: Restart::No });
            }
            for change in &package.registry {
                own(registry_value(of(), change));
            }
        }
        for product in &package.products {
            let Some(included_in) = product.included_in.as_deref().and_then(pack_number) else {
                continue;
            };
            for platform in names(product) {
                let product = at_pack(&product.product.name, included_in);
                own(BulletinFact::IncludedIn { platform, product });
            }
        }
        let joined: Option<Arc<str>> = (!products.is_empty()).then(|| products.join("; ").into());
        package
            .files
            .iter()
            .filter(|file| file.action != Some(FileAction::Delete))
            .for_each(|file| own(BulletinFact::File(manifest_file(file, joined.clone()))));
        for successor in &package.superseded_by {
            for product in shared(&by_name, successor, &products) {
                let (kb, bulletin) = (kb_of(package), Some(package.bulletin));
                let fact = BulletinFact::Supersedes { product: Some(product), bulletin, kb };
                say(successor.bulletin, fact, *publication);
            }
        }
    }
    for ((id, fact), publications) in said {
        let bulletin = bulletins.entry(id).or_default();
        match bulletin.facts.iter_mut().find(|(known, _)| *known == fact) {
            Some((_, by)) => by.extend(publications),
            None => bulletin.facts.push((fact, publications.into_iter().collect())),
        }
        bulletin.facts.sort();
    }
}

/// Lists the products of a successor that the package is for too; all of the package's own where
/// only the bulletin of the successor is named.
fn shared(
    by_name: &BTreeMap<(BulletinId, String), &PackageRecord>,
    successor: &PackageRef,
    products: &[Arc<str>],
) -> Vec<Arc<str>> {
    let named = successor
        .package
        .as_ref()
        .and_then(|name| by_name.get(&(successor.bulletin, name.to_lowercase())));
    match named {
        Some(newer) => {
            let newer: BTreeSet<Arc<str>> = newer.products.iter().flat_map(names).collect();
            products.iter().filter(|name| newer.contains(*name)).cloned().collect()
        }
        None => products.to_vec(),
    }
}

/// Lists the canonical names of a product at each service pack that takes the package.
fn names(product: &PackageProduct) -> Vec<Arc<str>> {
    let packs: BTreeSet<u8> =
        product.service_packs.iter().filter_map(|pack| pack_number(pack)).collect();
    if packs.is_empty() {
        return vec![at_pack(&product.product.name, 0)];
    }
    packs.into_iter().map(|pack| at_pack(&product.product.name, pack)).collect()
}

fn at_pack(name: &str, pack: u8) -> Arc<str> {
    let name = name.trim();
    match name.parse::<OperatingSystem>() {
        Ok(system) => {
            let service_pack = staunch_model::ServicePack(pack);
            OperatingSystem { service_pack, ..system }.to_string().into()
        }
        Err(_) if pack > 0 => {
            Product::from_published_name(&format!("{name} Service Pack {pack}")).to_string().into()
        }
        Err(_) => Product::from_published_name(name).to_string().into(),
    }
}

/// Reads the number of a service pack in the database's words: `Windows NT4 Service Pack 6a`,
/// `SQL Server 7.0 SP3`, `Windows 2000 Gold`.
fn pack_number(name: &str) -> Option<u8> {
    if name.ends_with("Gold") {
        return Some(0);
    }
    let after = ["Service Pack ", "SP "]
        .iter()
        .find_map(|mark| name.rsplit_once(mark))
        .or_else(|| name.rsplit_once("SP"))?
        .1;
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    after[..digits].parse().ok()
}

fn registry_value(platform: Arc<str>, change: &RegistryChange) -> BulletinFact {
    let none = || Arc::from("");
    BulletinFact::RegistryValue {
        platform,
        key: change.key.clone().unwrap_or_else(none),
        value: Arc::clone(&change.value),
        data: change.data.clone().unwrap_or_else(none),
    }
}

fn manifest_file(file: &staunch_model::FileChange, products: Option<Arc<str>>) -> ManifestFile {
    ManifestFile {
        products,
        name: file.name.to_lowercase().into(),
        architecture: None,
        folder: None,
        target: file.folder.clone(),
        version: match &file.version {
            Some(StatedVersion::Number(version)) => Some(*version),
            Some(StatedVersion::NotApplicable | StatedVersion::Other(_)) | None => None,
        },
        size: file.size,
        date: file.date,
        minute: None,
        checksum: file.checksum,
        language: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_packs_have_numbers() {
        for (name, number) in [
            ("Windows NT4 Service Pack 6a", Some(6)),
            ("SQL Server 7.0 SP3", Some(3)),
            ("Visual Studio 6.0 SP 5", Some(5)),
            ("Windows 2000 Gold", Some(0)),
            ("Windows 2000 Service Pack 3 (when available)", Some(3)),
            ("Windows 95 SR 2.5", None),
        ] {
            assert_eq!(pack_number(name), number, "{name}");
        }
    }

    #[test]
    fn systems_keep_one_name_for_their_editions() {
        assert_eq!(
            at_pack("Windows NT Server 4.0, Enterprise Edition", 6),
            at_pack("Windows NT Server 4.0", 6)
        );
        assert_eq!(&*at_pack("Windows 2000 Advanced Server", 2), "Windows 2000 Service Pack 2");
    }
}
