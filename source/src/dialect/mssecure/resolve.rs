//! Puts bulletins, patches and what they change together by their numbers.

use std::sync::Arc;

use staunch_model::{
    BulletinId, BulletinRecord, FileChange, PackageProduct, PackageRecord, PackageRef,
    ProductMention, RegistryChange, Successors, Unclaimed, WarningCode,
};

use super::draft::{Bulletin, File, Patch, PatchProduct, Reference, RegistryValue, Successor};
use super::table::Table;
use crate::output::Output;

/// Everything that was read of a database.
#[derive(Default)]
pub(super) struct Database {
    pub(super) bulletins: Vec<Bulletin>,
    pub(super) products: Table<Arc<str>>,
    pub(super) service_packs: Table<Arc<str>>,
    pub(super) locations: Table<Arc<str>>,
    pub(super) files: Table<File>,
    pub(super) registry: Table<RegistryValue>,
    pub(super) successors: Table<Successor>,
}

impl Database {
    /// Passes every statement on: bulletins with their packages, then what no package refers to.
    pub(super) fn pass_on(mut self, output: &mut Output<'_>) {
        self.successors.each(|successor| successor.complete(output));
        for bulletin in std::mem::take(&mut self.bulletins) {
            let Some(id) = bulletin.id else { continue };
            output.bulletin(BulletinRecord {
                id,
                title: bulletin.title,
                kbs: bulletin.kbs,
                published: bulletin.published,
                revised: bulletin.revised,
                provenance: output.provenance(bulletin.line),
            });
            for patch in bulletin.patches {
                let package = self.package(id, patch, output);
                output.package(package);
            }
        }
        self.pass_on_unclaimed(output);
    }

    fn pass_on_unclaimed(self, output: &mut Output<'_>) {
        let Self { mut locations, files, registry, successors, .. } = self;
        for file in files.into_unclaimed() {
            let change = file_change(&file, &mut locations, output);
            output.unclaimed(Unclaimed::File(change));
        }
        for value in registry.into_unclaimed() {
            let change = registry_change(&value, &mut locations, output);
            output.unclaimed(Unclaimed::Registry(change));
        }
        for successor in successors.into_unclaimed() {
            let provenance = output.provenance(successor.line);
            let successors = Successors { packages: successor.packages, provenance };
            output.unclaimed(Unclaimed::Successors(successors));
        }
    }

    fn package(
        &mut self,
        bulletin: BulletinId,
        patch: Patch,
        output: &mut Output<'_>,
    ) -> PackageRecord {
        let Self { locations, files, registry, .. } = self;
        let mut changes = Vec::with_capacity(patch.files.len());
        for reference in &patch.files {
            let file = files.claim(reference, output);
            changes.extend(file.map(|file| file_change(file, locations, output)));
        }
        let mut values = Vec::with_capacity(patch.registry.len());
        for reference in &patch.registry {
            let value = registry.claim(reference, output);
            values.extend(value.map(|value| registry_change(value, locations, output)));
        }
        let origin = text(locations, patch.origin.as_ref(), output);
        let products = patch.products.iter().filter_map(|product| self.product(product, output));
        let products = products.collect();
        PackageRecord {
            bulletin,
            kb: patch.kb,
            origin,
            products,
            files: changes,
            registry: values,
            superseded_by: self.successors_of(bulletin, &patch, output),
            restart: patch.restart,
            provenance: output.provenance(patch.line),
            name: patch.name,
        }
    }

    fn product(
        &mut self,
        product: &PatchProduct,
        output: &mut Output<'_>,
    ) -> Option<PackageProduct> {
        let name = Arc::clone(self.products.claim(&product.product, output)?);
        let service_packs = &mut self.service_packs;
        let mut packs = Vec::with_capacity(product.service_packs.len());
        for reference in &product.service_packs {
            packs.extend(service_packs.claim(reference, output).cloned());
        }
        Some(PackageProduct {
            product: ProductMention { name, component: None },
            service_packs: packs,
            included_in: text(service_packs, product.included_in.as_ref(), output),
        })
    }

    fn successors_of(
        &mut self,
        bulletin: BulletinId,
        patch: &Patch,
        output: &mut Output<'_>,
    ) -> Vec<PackageRef> {
        let Some(reference) = &patch.successor else { return Vec::new() };
        let Some(successor) = self.successors.claim(reference, output) else { return Vec::new() };
        let is_itself = |package: &PackageRef| {
            let named = package.package.as_deref();
            package.bulletin == bulletin
                && named.is_some_and(|name| name.eq_ignore_ascii_case(&patch.name))
        };
        let mut packages = successor.packages.clone();
        packages.retain(|package| !is_itself(package));
        if packages.len() < successor.packages.len() {
            let message = "expected a successor, found the package itself";
            output.warn(WarningCode::SelfReference, patch.line, message);
        }
        packages
    }
}

fn file_change(
    file: &File,
    locations: &mut Table<Arc<str>>,
    output: &mut Output<'_>,
) -> FileChange {
    FileChange {
        name: Arc::clone(&file.name),
        folder: text(locations, file.folder.as_ref(), output),
        action: file.action.clone(),
        version: file.version.clone(),
        date: file.date,
        size: file.size,
        checksum: file.checksum,
        provenance: output.provenance(file.line),
    }
}

fn registry_change(
    value: &RegistryValue,
    locations: &mut Table<Arc<str>>,
    output: &mut Output<'_>,
) -> RegistryChange {
    RegistryChange {
        key: text(locations, value.key.as_ref(), output),
        value: Arc::clone(&value.value),
        kind: value.kind.clone(),
        data: value.data.clone(),
        provenance: output.provenance(value.line),
    }
}

/// Returns the text that is referred to.
fn text(
    table: &mut Table<Arc<str>>,
    reference: Option<&Reference>,
    output: &mut Output<'_>,
) -> Option<Arc<str>> {
    reference.and_then(|reference| table.claim(reference, output)).cloned()
}
