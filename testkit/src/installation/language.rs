//! What setup calls accounts, groups and folders in a language.

use super::release::Release;

/// Words of a language.
pub(super) struct Words {
    pub(super) administrator: &'static str,
    pub(super) guest: &'static str,
    pub(super) administrators: &'static str,
    pub(super) users: &'static str,
    pub(super) guests: &'static str,
    /// Folder of the programs, below the root of the volume.
    pub(super) programs: &'static str,
    /// Folder of what programs share, below theirs.
    pub(super) shared_programs: &'static str,
    /// Folder of the profiles of Windows 2000 to Server 2003.
    pub(super) profiles: &'static str,
    /// Numbers of the code pages for Windows and for DOS programs.
    pub(super) code_pages: [&'static str; 2],
}

const ENGLISH: Words = Words {
    administrator: "Administrator",
    guest: "Guest",
    administrators: "Administrators",
    users: "Users",
    guests: "Guests",
    programs: "Program Files",
    shared_programs: "Common Files",
    profiles: "Documents and Settings",
    code_pages: ["1252", "437"],
};

const FRENCH: Words = Words {
    administrator: "Administrateur",
    guest: "Invité",
    administrators: "Administrateurs",
    users: "Utilisateurs",
    guests: "Invités",
    shared_programs: "Fichiers communs",
    code_pages: ["1252", "850"],
    ..ENGLISH
};

const GERMAN: Words = Words {
    guest: "Gast",
    administrators: "Administratoren",
    users: "Benutzer",
    guests: "Gäste",
    programs: "Programme",
    shared_programs: "Gemeinsame Dateien",
    profiles: "Dokumente und Einstellungen",
    code_pages: ["1252", "850"],
    ..ENGLISH
};

/// Names stay English, and their letters are of another code page.
const JAPANESE: Words = Words { code_pages: ["932", "932"], ..ENGLISH };

impl Release {
    /// Returns the words of its language; those of other languages than French, German and Japanese
    /// are English.
    pub(super) fn words(&self) -> &'static Words {
        match self.language_text().as_str() {
            "040C" => &FRENCH,
            "0407" => &GERMAN,
            "0411" => &JAPANESE,
            _ => &ENGLISH,
        }
    }

    /// Returns the words for its folders, which are English on every disk since Windows Vista.
    pub(super) fn folder_words(&self) -> &'static Words {
        if self.is_since(6, 0) { &ENGLISH } else { self.words() }
    }

    /// Returns the folder of the programs, below the root of the volume.
    pub fn programs(&self) -> &'static str {
        self.folder_words().programs
    }

    /// Returns what setup calls the account of the administrator.
    pub fn administrator(&self) -> &'static str {
        self.words().administrator
    }

    /// Returns what setup calls the account of guests.
    pub fn guest(&self) -> &'static str {
        self.words().guest
    }
}
