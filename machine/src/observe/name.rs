//! The host name.

use staunch_model::Collected;

use crate::Facts;

const COMPUTER_NAME: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName";
const TCP_IP: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";

/// Returns the name of the network of Windows, or the host name of its Internet protocols.
pub(super) fn name(facts: &dyn Facts) -> Collected<String> {
    let found = [(COMPUTER_NAME, "ComputerName"), (TCP_IP, "Hostname")]
        .into_iter()
        .filter_map(|(key, value)| facts.text(key, value).known().cloned())
        .map(|name| name.trim().to_owned())
        .find(|name| !name.is_empty());
    super::known(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Memory;

    #[test]
    fn the_name_of_the_network_comes_before_the_host_name() {
        let mut facts = Memory::default();
        assert_eq!(name(&facts), Collected::NotCollected);
        facts.set_text(TCP_IP, "Hostname", "kiosk-at-the-entrance");
        assert_eq!(name(&facts), Collected::Known("kiosk-at-the-entrance".to_owned()));
        facts.set_text(COMPUTER_NAME, "ComputerName", "KIOSK");
        assert_eq!(name(&facts), Collected::Known("KIOSK".to_owned()));
    }
}
