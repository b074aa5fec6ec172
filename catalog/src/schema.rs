//! The tables of a catalog file. docs/catalog.md describes them for people.

/// Number at byte 68 of the file that tells a staunch catalog from other SQLite files: `STNC`.
pub(crate) const APPLICATION_ID: i32 = 0x5354_4E43;

/// Version of the tables, kept as the file's user version.
pub(crate) const VERSION: i32 = 2;

/// Bytes of one page of the file.
pub(crate) const PAGE_SIZE: u32 = 4096;

/// Statements that make the empty tables.
pub(crate) const TABLES: &str = "
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value NOT NULL
) WITHOUT ROWID;
CREATE TABLE publication (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    revision TEXT,
    released INTEGER,
    revised INTEGER
);
CREATE TABLE origin_publication (
    origin_id INTEGER NOT NULL,
    publication_id INTEGER NOT NULL REFERENCES publication (id),
    PRIMARY KEY (origin_id, publication_id)
) WITHOUT ROWID;
CREATE TABLE product (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind INTEGER NOT NULL,
    family INTEGER,
    release TEXT,
    service_pack INTEGER,
    architecture INTEGER,
    installation INTEGER,
    edition INTEGER,
    build INTEGER,
    component TEXT,
    component_versions TEXT,
    component_service_pack INTEGER,
    platform_id INTEGER REFERENCES product (id)
);
CREATE INDEX product_platform ON product (platform_id);
CREATE TABLE published_name (
    name TEXT NOT NULL,
    component TEXT NOT NULL,
    product_id INTEGER REFERENCES product (id),
    statements INTEGER NOT NULL,
    PRIMARY KEY (name, component)
) WITHOUT ROWID;
CREATE TABLE title (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL
);
CREATE TABLE product_update (
    id INTEGER PRIMARY KEY,
    kb INTEGER NOT NULL,
    product_id INTEGER NOT NULL REFERENCES product (id),
    series INTEGER NOT NULL,
    date INTEGER,
    restart INTEGER,
    severity INTEGER,
    title_id INTEGER REFERENCES title (id),
    bulletin TEXT,
    origin_id INTEGER NOT NULL
);
CREATE INDEX product_update_product ON product_update (product_id);
CREATE INDEX product_update_kb ON product_update (kb);
CREATE TABLE vulnerability (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    published INTEGER,
    revised INTEGER,
    exploited INTEGER,
    disclosed INTEGER,
    origin_id INTEGER
);
CREATE TABLE fix (
    update_id INTEGER NOT NULL REFERENCES product_update (id),
    vulnerability_id INTEGER NOT NULL REFERENCES vulnerability (id),
    severity INTEGER,
    impact INTEGER,
    origin_id INTEGER NOT NULL,
    PRIMARY KEY (update_id, vulnerability_id)
) WITHOUT ROWID;
CREATE TABLE supersedence (
    update_id INTEGER NOT NULL REFERENCES product_update (id),
    superseded_kb INTEGER NOT NULL,
    origin_id INTEGER NOT NULL,
    PRIMARY KEY (update_id, superseded_kb)
) WITHOUT ROWID;
CREATE TABLE supersedence_dropped (
    update_id INTEGER NOT NULL REFERENCES product_update (id),
    superseded_kb INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    origin_id INTEGER NOT NULL,
    PRIMARY KEY (update_id, superseded_kb)
) WITHOUT ROWID;
CREATE TABLE fixed_build (
    update_id INTEGER PRIMARY KEY REFERENCES product_update (id),
    major INTEGER NOT NULL,
    minor INTEGER NOT NULL,
    build INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    origin_id INTEGER NOT NULL
);
CREATE TABLE payload (
    kb INTEGER NOT NULL,
    payload_kb INTEGER NOT NULL,
    origin_id INTEGER NOT NULL,
    PRIMARY KEY (kb, payload_kb)
) WITHOUT ROWID;
CREATE TABLE conflict (
    kind INTEGER NOT NULL,
    update_id INTEGER NOT NULL,
    vulnerability_id INTEGER NOT NULL,
    value NOT NULL,
    origin_id INTEGER NOT NULL,
    PRIMARY KEY (kind, update_id, vulnerability_id, value)
) WITHOUT ROWID;
CREATE TABLE term (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL
);
CREATE TABLE bulletin (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    title TEXT,
    version TEXT,
    origin_id INTEGER
);
CREATE TABLE bulletin_fact (
    bulletin_id INTEGER NOT NULL REFERENCES bulletin (id),
    position INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    product_id INTEGER REFERENCES term (id),
    vulnerability TEXT,
    number INTEGER,
    text_id INTEGER REFERENCES term (id),
    is_disputed INTEGER NOT NULL,
    origin_id INTEGER NOT NULL,
    PRIMARY KEY (bulletin_id, position)
) WITHOUT ROWID;
CREATE TABLE manifest_file (
    bulletin_id INTEGER NOT NULL REFERENCES bulletin (id),
    position INTEGER NOT NULL,
    products_id INTEGER REFERENCES term (id),
    name_id INTEGER NOT NULL REFERENCES term (id),
    architecture INTEGER,
    folder_id INTEGER REFERENCES term (id),
    target_id INTEGER REFERENCES term (id),
    major INTEGER,
    minor INTEGER,
    build INTEGER,
    revision INTEGER,
    size INTEGER,
    date INTEGER,
    minute INTEGER,
    checksum INTEGER,
    language TEXT,
    is_disputed INTEGER NOT NULL,
    origin_id INTEGER NOT NULL,
    PRIMARY KEY (bulletin_id, position)
) WITHOUT ROWID;
CREATE TABLE left_out (
    kind TEXT NOT NULL,
    publication_id INTEGER NOT NULL REFERENCES publication (id),
    statements INTEGER NOT NULL,
    PRIMARY KEY (kind, publication_id)
) WITHOUT ROWID;
CREATE TABLE warning (
    code TEXT NOT NULL,
    publication_id INTEGER NOT NULL REFERENCES publication (id),
    warnings INTEGER NOT NULL,
    PRIMARY KEY (code, publication_id)
) WITHOUT ROWID;
";
