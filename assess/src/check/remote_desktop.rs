//! Where the settings of the Remote Desktop server stand, and whether it serves at all.

use staunch_model::Family;

use super::{Outcome, Subject, Unseen};

pub(super) const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services";
pub(super) const SERVER: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server";
pub(super) const LISTENER: &str =
    r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp";
pub(super) const SERVICE: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\TermService";

impl Subject<'_> {
    /// Says why Remote Desktop is off, where it is.
    pub(super) fn remote_desktop_off(&self) -> Result<Option<Outcome>, Unseen> {
        let off = |why: String| Ok(Some(Outcome::not_applicable(why)));
        // Before Windows XP terminal services are a part that is installed or not.
        if self.system.family < Family::WindowsXp {
            return match self.service("TermService")? {
                Some(super::ServiceStart::Automatic | super::ServiceStart::Manual) => Ok(None),
                _ => off("there are no terminal services".to_owned()),
            };
        }
        match self.setting("fDenyTSConnections", &[POLICY, SERVER])? {
            Some(setting) if setting.number == 0 && self.is_off("TermService") => {
                off("the service TermService is off".to_owned())
            }
            Some(setting) if setting.number == 0 => Ok(None),
            Some(setting) => off(format!("Remote Desktop is off: {setting}")),
            None => off("Remote Desktop is off: fDenyTSConnections is not set".to_owned()),
        }
    }
}
