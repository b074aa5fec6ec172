use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock};

use jiff::civil::Date;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use sha2::{Digest, Sha256};
use staunch_model::CatalogIdentity;

use crate::build::hexadecimal;
use crate::query::CachedVulnerability;
use crate::schema;

/// Reason why a catalog does not answer.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error("{path}: cannot read the catalog")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{origin}: not a staunch catalog: no SQLite file")]
    NotSqlite { origin: String, source: rusqlite::Error },
    #[error(
        "{origin}: not a staunch catalog: expected application id {expected:#010x}, found {found:#010x}"
    )]
    ApplicationId { origin: String, expected: i32, found: i32 },
    #[error("{origin}: expected version {expected} of the catalog's tables, found {found}")]
    SchemaVersion { origin: String, expected: i32, found: i32 },
    #[error("table {table}, row {row}: expected {expected}, found {found}")]
    Corrupt { table: &'static str, row: i64, expected: &'static str, found: String },
    #[error("cannot query the catalog")]
    Sqlite(#[from] rusqlite::Error),
    #[error("cannot write the export")]
    Export(#[source] std::io::Error),
}

/// Most bytes of a catalog that SQLite reads as memory instead of copying: all of a usual one.
const MAPPED_BYTES: i64 = 256 << 20;

/// A catalog that is open for reading.
///
/// It can be shared between threads; queries take turns.
#[derive(Debug)]
pub struct Catalog {
    connection: Mutex<Connection>,
    identity: CatalogIdentity,
    vulnerabilities: OnceLock<Vec<Option<CachedVulnerability>>>,
}

impl Catalog {
    /// Opens a catalog file.
    ///
    /// # Errors
    ///
    /// [`CatalogError::Io`] when the file cannot be read; [`CatalogError::NotSqlite`],
    /// [`CatalogError::ApplicationId`] and [`CatalogError::SchemaVersion`] when it is another kind
    /// of file or of another version.
    pub fn open(path: &Path) -> Result<Self, CatalogError> {
        let digest =
            digest_of(path).map_err(|source| CatalogError::Io { path: path.to_owned(), source })?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let origin = path.display().to_string();
        let connection = Connection::open_with_flags(path, flags)
            .map_err(|source| CatalogError::NotSqlite { origin: origin.clone(), source })?;
        Self::checked(connection, origin, digest)
    }

    /// Opens a catalog that lies in the program itself, in place and without copying it.
    ///
    /// The digest of the bytes is the caller's to know, because taking it at every start would cost
    /// more than most queries.
    ///
    /// # Errors
    ///
    /// As for [`Catalog::open`], without [`CatalogError::Io`].
    pub fn from_static(bytes: &'static [u8], digest: &'static str) -> Result<Self, CatalogError> {
        let origin = "built-in catalog".to_owned();
        let mut connection = Connection::open_in_memory()?;
        connection
            .deserialize_bytes("main", bytes)
            .map_err(|source| CatalogError::NotSqlite { origin: origin.clone(), source })?;
        Self::checked(connection, origin, digest.to_owned())
    }

    fn checked(
        connection: Connection,
        origin: String,
        digest: String,
    ) -> Result<Self, CatalogError> {
        let number = |pragma: &str| -> Result<i32, CatalogError> {
            connection
                .pragma_query_value(None, pragma, |row| row.get(0))
                .map_err(|source| CatalogError::NotSqlite { origin: origin.clone(), source })
        };
        let found = number("application_id")?;
        if found != schema::APPLICATION_ID {
            let expected = schema::APPLICATION_ID;
            return Err(CatalogError::ApplicationId { origin, expected, found });
        }
        let found = number("user_version")?;
        if found != schema::VERSION {
            let expected = schema::VERSION;
            return Err(CatalogError::SchemaVersion { origin, expected, found });
        }
        // A hostile file may hold triggers and views; neither runs, and nothing is written.
        connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON;")?;
        connection
            .pragma_update_and_check(None, "mmap_size", MAPPED_BYTES, |_| Ok(()))
            .optional()?;
        connection.set_prepared_statement_cache_capacity(64);
        let date = date_of(&connection)?;
        Ok(Self {
            connection: Mutex::new(connection),
            identity: CatalogIdentity { date, digest },
            vulnerabilities: OnceLock::new(),
        })
    }

    /// Returns which catalog this is.
    pub fn identity(&self) -> CatalogIdentity {
        self.identity.clone()
    }

    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic in another thread leaves a read-only connection as usable as before.
        self.connection.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Returns the vulnerabilities by row number, read once.
    pub(crate) fn cached_vulnerabilities(
        &self,
        connection: &Connection,
    ) -> Result<&[Option<CachedVulnerability>], CatalogError> {
        if let Some(cached) = self.vulnerabilities.get() {
            return Ok(cached);
        }
        let read = crate::query::read_vulnerabilities(connection)?;
        Ok(self.vulnerabilities.get_or_init(|| read))
    }
}

fn date_of(connection: &Connection) -> Result<Option<Date>, CatalogError> {
    let text: Option<String> = connection
        .query_row("SELECT CAST(value AS TEXT) FROM meta WHERE key = 'date'", [], |row| row.get(0))
        .optional()?;
    match text.as_deref() {
        None | Some("") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| CatalogError::Corrupt {
            table: "meta",
            row: 0,
            expected: "a date such as 2026-06-28 under the key date",
            found: text.chars().take(40).collect(),
        }),
    }
}

fn digest_of(path: &Path) -> std::io::Result<String> {
    let mut file = fs::File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match std::io::Read::read(&mut file, &mut buffer)? {
            0 => return Ok(hexadecimal(&hasher.finalize())),
            length => hasher.update(&buffer[..length]),
        }
    }
}
