//! Executables of a few hundred bytes with a version resource; they hold no code.

/// Layout of an executable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExecutableLayout {
    /// 16-bit Windows.
    Ne,
    Pe32,
    Pe32Plus,
}

/// What the version resource of an executable is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionedExecutable {
    layout: ExecutableLayout,
    machine: u16,
    language: u16,
    code_page: u16,
    file: [u16; 4],
    product: [u16; 4],
    strings: Vec<(String, Vec<u8>)>,
}

impl VersionedExecutable {
    /// Makes an executable in US English whose file and product have one version, and which has no
    /// strings.
    pub fn new(layout: ExecutableLayout, version: [u16; 4]) -> Self {
        let (machine, code_page) = match layout {
            ExecutableLayout::Ne => (0, 1252),
            ExecutableLayout::Pe32 => (0x014c, 1200),
            ExecutableLayout::Pe32Plus => (0x8664, 1200),
        };
        Self {
            layout,
            machine,
            language: 0x0409,
            code_page,
            file: version,
            product: version,
            strings: Vec::new(),
        }
    }

    /// Sets the machine by its number in the PE header.
    #[must_use]
    pub fn machine(self, machine: u16) -> Self {
        Self { machine, ..self }
    }

    /// Sets the language and the code page of the strings.
    #[must_use]
    pub fn translation(self, language: u16, code_page: u16) -> Self {
        Self { language, code_page, ..self }
    }

    /// Sets the version of the product.
    #[must_use]
    pub fn product(self, product: [u16; 4]) -> Self {
        Self { product, ..self }
    }

    /// Adds a string such as `FileVersion`.
    #[must_use]
    pub fn string(self, name: &str, value: &str) -> Self {
        self.string_bytes(name, value.as_bytes())
    }

    /// Adds a string whose value is written in the code page of a 16-bit executable.
    #[must_use]
    pub fn string_bytes(mut self, name: &str, value: &[u8]) -> Self {
        self.strings.push((name.to_owned(), value.to_vec()));
        self
    }

    /// Writes the file.
    pub fn build(&self) -> Vec<u8> {
        match self.layout {
            ExecutableLayout::Ne => self.ne(),
            ExecutableLayout::Pe32 | ExecutableLayout::Pe32Plus => self.pe(),
        }
    }

    fn pe(&self) -> Vec<u8> {
        const SECTION: u32 = 0x1000;
        let wide = self.layout == ExecutableLayout::Pe32Plus;
        let resource = self.version();
        // Three directories of one entry each, and the entry of the data.
        let mut section = Vec::new();
        for (id, leads_to) in [(16, 0x8000_0018_u32), (1, 0x8000_0030), (self.language.into(), 72)]
        {
            section.extend([0; 14]);
            section.extend(1_u16.to_le_bytes());
            section.extend(u32::to_le_bytes(id));
            section.extend(leads_to.to_le_bytes());
        }
        section.extend((SECTION + 88).to_le_bytes());
        section.extend((resource.len() as u32).to_le_bytes());
        section.extend([0; 8]);
        section.extend(&resource);
        let section_length = section.len() as u32;

        let mut file = dos_header();
        file.extend(b"PE\0\0");
        file.extend(self.machine.to_le_bytes());
        file.extend(1_u16.to_le_bytes());
        file.extend([0; 12]);
        let (optional_length, directories) = if wide { (240_usize, 112) } else { (224, 96) };
        file.extend((optional_length as u16).to_le_bytes());
        file.extend(0x2102_u16.to_le_bytes());
        let mut optional = vec![0; optional_length];
        optional[..2].copy_from_slice(&if wide { [0x0b, 2] } else { [0x0b, 1] });
        optional[directories - 4..directories].copy_from_slice(&16_u32.to_le_bytes());
        optional[directories + 16..directories + 20].copy_from_slice(&SECTION.to_le_bytes());
        optional[directories + 20..directories + 24].copy_from_slice(&section_length.to_le_bytes());
        file.extend(optional);
        file.extend(b".rsrc\0\0\0");
        for field in [section_length, SECTION, section_length, 0x200] {
            file.extend(field.to_le_bytes());
        }
        file.extend([0; 16]);
        file.resize(0x200, 0);
        file.extend(section);
        file
    }

    fn ne(&self) -> Vec<u8> {
        const DATA: usize = 0x100;
        let resource = self.version();
        let mut file = dos_header();
        let mut header = vec![0; 64];
        header[..2].copy_from_slice(b"NE");
        header[0x24..0x26].copy_from_slice(&64_u16.to_le_bytes());
        header[0x26..0x28].copy_from_slice(&88_u16.to_le_bytes());
        file.extend(header);
        // Units of 16 bytes; one resource of type 16 with identifier 1; the end of the table.
        let units = resource.len().div_ceil(16) as u16;
        let table = [4, 0x8010, 1, 0, 0, (DATA / 16) as u16, units, 0, 0x8001, 0, 0, 0];
        file.extend(table.iter().flat_map(|field| field.to_le_bytes()));
        file.resize(DATA, 0);
        file.extend(resource);
        file.resize(file.len().next_multiple_of(16), 0);
        file
    }

    /// Writes the tree of the version resource.
    fn version(&self) -> Vec<u8> {
        let mut fixed = Vec::new();
        for word in [0xfeef_04bd, 0x0001_0000] {
            fixed.extend(u32::to_le_bytes(word));
        }
        for [major, minor, build, revision] in [self.file, self.product] {
            for part in [minor, major, revision, build] {
                fixed.extend(part.to_le_bytes());
            }
        }
        for word in [0x3f, 0, 0x0004_0004, 2, 0, 0, 0] {
            fixed.extend(u32::to_le_bytes(word));
        }
        let mut children = Vec::new();
        if !self.strings.is_empty() {
            let strings = self.strings.iter().map(|(name, value)| self.text(name, value)).collect();
            let key = format!("{:04X}{:04X}", self.language, self.code_page);
            let table = self.block(&key, &[], strings);
            children.push(self.block("StringFileInfo", &[], vec![table]));
        }
        let mut pair = self.language.to_le_bytes().to_vec();
        pair.extend(self.code_page.to_le_bytes());
        let translation = self.block("Translation", &pair, Vec::new());
        children.push(self.block("VarFileInfo", &[], vec![translation]));
        self.block("VS_VERSION_INFO", &fixed, children)
    }

    /// Writes a block; the length of the value counts bytes.
    fn block(&self, key: &str, value: &[u8], children: Vec<Vec<u8>>) -> Vec<u8> {
        let mut block = vec![0; 2];
        block.extend((value.len() as u16).to_le_bytes());
        if self.layout == ExecutableLayout::Ne {
            block.extend(key.as_bytes());
            block.push(0);
        } else {
            block.extend([0, 0]);
            block.extend(key.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
        }
        block.resize(block.len().next_multiple_of(4), 0);
        block.extend(value);
        for child in children {
            block.resize(block.len().next_multiple_of(4), 0);
            block.extend(child);
        }
        let length = block.len() as u16;
        block[..2].copy_from_slice(&length.to_le_bytes());
        block
    }

    /// Writes a string; its length counts characters where they are wide.
    fn text(&self, name: &str, value: &[u8]) -> Vec<u8> {
        if self.layout == ExecutableLayout::Ne {
            let mut bytes = value.to_vec();
            bytes.push(0);
            return self.block(name, &bytes, Vec::new());
        }
        let text = String::from_utf8_lossy(value);
        let bytes: Vec<u8> = text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        let mut block = self.block(name, &bytes, Vec::new());
        block[2..4].copy_from_slice(&((bytes.len() / 2) as u16).to_le_bytes());
        block[4] = 1;
        block
    }
}

impl From<VersionedExecutable> for Vec<u8> {
    fn from(executable: VersionedExecutable) -> Self {
        executable.build()
    }
}

fn dos_header() -> Vec<u8> {
    let mut header = vec![0; 64];
    header[..2].copy_from_slice(b"MZ");
    header[60] = 64;
    header
}
