//! What was observed, put under what a file states itself.

use staunch_model::{Collected, ComponentFacts, MachineFacts};

/// Fills what a file leaves open with what was observed; what the file states stays.
pub(super) fn put_under(stated: MachineFacts, observed: MachineFacts) -> MachineFacts {
    let mut other = observed.other;
    other.extend(stated.other);
    MachineFacts {
        name: either(stated.name, observed.name),
        family: either(stated.family, observed.family),
        release: either(stated.release, observed.release),
        service_pack: either(stated.service_pack, observed.service_pack),
        architecture: either(stated.architecture, observed.architecture),
        installation: either(stated.installation, observed.installation),
        edition: either(stated.edition, observed.edition),
        language: either(stated.language, observed.language),
        build: either(stated.build, observed.build),
        hotfixes: either(stated.hotfixes, observed.hotfixes),
        components: ComponentFacts {
            internet_explorer: either(
                stated.components.internet_explorer,
                observed.components.internet_explorer,
            ),
            net_framework: either(
                stated.components.net_framework,
                observed.components.net_framework,
            ),
            flash_player: either(stated.components.flash_player, observed.components.flash_player),
            features: either(stated.components.features, observed.components.features),
        },
        other,
    }
}

fn either<T>(stated: Collected<T>, observed: Collected<T>) -> Collected<T> {
    match stated {
        Collected::NotCollected => observed,
        stated => stated,
    }
}
