//! Family, release, edition and kind of installation.

use staunch_model::{Collected, Family, Installation, MachineFacts, OsBuild, Warning};

use super::warn;
use crate::inventory::{WindowsName, family_of_version, release};
use crate::{CURRENT_VERSION, Facts, RegistryKey};

const PRODUCT_OPTIONS: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions";
const MEDIA_CENTER: &str = r"HKLM\SYSTEM\WPA\MediaCenter";
const TABLET_PC: &str = r"HKLM\SYSTEM\WPA\TabletPC";

/// What the registry says about the product.
struct Product {
    build: OsBuild,
    is_server: Option<bool>,
    name: Option<WindowsName>,
    /// Identifier of the edition, since Windows Vista: `ServerStandardCore`.
    edition_id: Option<String>,
    /// Kind of installation, since Windows 7: `Server Core`.
    installation_type: Option<String>,
    /// Suites, as far as they could be read: `Terminal Server`, `Enterprise`, `Personal`.
    suites: Option<Vec<String>>,
}

/// Adds family, release, edition and installation to facts.
pub(super) fn describe(
    facts: &dyn Facts,
    build: Option<OsBuild>,
    machine: &mut MachineFacts,
    warnings: &mut Vec<Warning>,
) {
    let Some(build) = build else { return };
    let key = facts.key(CURRENT_VERSION);
    let Some(key) = key.known() else { return };
    let product = Product::read(facts, key, build, warnings);
    let Some(family) = product.family() else {
        let name = key.text("ProductName").unwrap_or("without a product name");
        let message = match product.is_server {
            Some(_) => format!("build {build} ({name}) is of no family that is known"),
            None => format!("build {build} ({name}): client or server is not stated"),
        };
        warn(warnings, CURRENT_VERSION, message);
        return;
    };
    machine.family = Collected::Known(family);
    machine.release = release(family, Some(build));
    machine.edition = super::known(product.edition(facts, family));
    machine.installation = super::known(product.installation(family));
    if let Some(named) = product.name.as_ref().and_then(WindowsName::family)
        && named != family
        && build.version() != (10, 0)
    {
        let message = format!("ProductName says {named}, and build {build} is {family}");
        warn(warnings, CURRENT_VERSION, message);
    }
}

impl Product {
    fn read(
        facts: &dyn Facts,
        key: &RegistryKey,
        build: OsBuild,
        warnings: &mut Vec<Warning>,
    ) -> Self {
        let options = facts.key(PRODUCT_OPTIONS);
        let options = options.known();
        let name = key.text("ProductName").and_then(WindowsName::read);
        let kind = options.and_then(|options| options.text("ProductType"));
        let installation_type = key.text("InstallationType").map(str::to_owned);
        let by_kind = match kind {
            Some(kind) if kind.eq_ignore_ascii_case("WinNT") => Some(false),
            Some(kind) if kind.eq_ignore_ascii_case("ServerNT") => Some(true),
            Some(kind) if kind.eq_ignore_ascii_case("LanmanNT") => Some(true),
            Some(kind) => {
                let expected = "WinNT, ServerNT or LanmanNT";
                let message = format!("ProductType: expected {expected}, found {kind:?}");
                warn(warnings, PRODUCT_OPTIONS, message);
                None
            }
            None => None,
        };
        let by_installation = match installation_type.as_deref() {
            Some("Client") => Some(false),
            Some("Server" | "Server Core" | "Nano Server") => Some(true),
            _ => None,
        };
        // Windows NT 4.0 and Windows 2000 have one name for clients and servers.
        let by_name = name
            .as_ref()
            .filter(|name| name.family().is_none_or(|family| family > Family::Windows2000))
            .map(WindowsName::is_server);
        let edition_id = key.text("EditionID");
        // Clients for many sessions call themselves servers, and take the updates of clients.
        let by_edition = (edition_id == Some("ServerRdsh")).then_some(false);
        Self {
            build,
            is_server: by_edition.or(by_kind).or(by_installation).or(by_name),
            name,
            edition_id: edition_id.map(str::to_owned),
            installation_type,
            suites: options.map(|options| {
                let suites = options.value("ProductSuite").and_then(|data| data.texts());
                suites.unwrap_or_default().into_iter().map(str::to_owned).collect()
            }),
        }
    }

    /// Versions decide; names lag behind them.
    fn family(&self) -> Option<Family> {
        let named = self.name.as_ref().and_then(WindowsName::family);
        match (self.build.version(), self.is_server) {
            // Azure Stack HCI shares builds with servers and has updates of its own.
            _ if self.edition_id.as_ref().is_some_and(|id| id.contains("AzureStackHCI")) => None,
            ((4, 0), _) => Some(Family::WindowsNt4),
            ((5, 0), _) => Some(Family::Windows2000),
            ((5, 1), _) | ((5, 2), Some(false)) => Some(Family::WindowsXp),
            ((5, 2), Some(true)) if named == Some(Family::Server2003R2) => named,
            ((5, 2), Some(true)) => Some(Family::Server2003),
            ((6, 2), Some(false)) if named == Some(Family::WindowsRt) => named,
            ((6, 3), Some(false)) if named == Some(Family::WindowsRt81) => named,
            (_, Some(is_server)) => family_of_version(is_server, self.build),
            (_, None) => None,
        }
    }

    fn edition(&self, facts: &dyn Facts, family: Family) -> Option<String> {
        if family >= Family::WindowsVista {
            let named = self.name.as_ref().and_then(|name| name.edition_in(family));
            return named.or_else(|| self.edition_id.clone());
        }
        let suites = self.suites.as_ref()?;
        let has = |suite: &str| suites.iter().any(|of| of.eq_ignore_ascii_case(suite));
        let is_server = self.is_server?;
        let is_set = |key| facts.number(key, "Installed").known().is_some_and(|set| *set == 1);
        let edition = match (family, is_server) {
            (Family::WindowsNt4, false) => "Workstation",
            (Family::WindowsNt4, true) if has("Terminal Server") => "Terminal Server Edition",
            (Family::WindowsNt4, true) if has("Enterprise") => "Enterprise",
            (Family::WindowsNt4, true) => "Server",
            (Family::WindowsXp, _) if has("Personal") => "Home",
            (Family::WindowsXp, _) if is_set(MEDIA_CENTER) => "Media Center Edition",
            (Family::WindowsXp, _) if is_set(TABLET_PC) => "Tablet PC Edition",
            (_, false) => "Professional",
            (Family::Windows2000, _) if has("DataCenter") => "Datacenter Server",
            (Family::Windows2000, _) if has("Enterprise") => "Advanced Server",
            (Family::Windows2000, _) => "Server",
            (_, true) if has("DataCenter") => "Datacenter",
            (_, true) if has("Enterprise") => "Enterprise",
            (_, true) if has("Blade") => "Web",
            (_, true) => "Standard",
        };
        Some(edition.to_owned())
    }

    fn installation(&self, family: Family) -> Option<Installation> {
        if !self.is_server? {
            return Some(Installation::Client);
        }
        if family < Family::Server2008 {
            return Some(Installation::Server);
        }
        match self.installation_type.as_deref() {
            Some("Server Core" | "Nano Server") => return Some(Installation::ServerCore),
            Some("Server") => return Some(Installation::Server),
            _ => {}
        }
        let id = self.edition_id.as_deref()?;
        // The first servers that can do without a desktop say it in the edition only.
        let is_core = id.ends_with("Core") || id.ends_with("Cor");
        Some(if is_core { Installation::ServerCore } else { Installation::Server })
    }
}

#[cfg(test)]
mod tests;
