//! Settings of IIS as its XML files state them: `MetaBase.xml` of IIS 6, `applicationHost.config`
//! since.
//!
//! Source: Microsoft Learn, "Metabase Property Reference (IIS 6.0)" and "IIS Configuration
//! Reference".

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Most elements within one another.
const DEPTH_LIMIT: usize = 64;

/// What checks ask of a configuration. A place is the path of a site or folder, empty for the
/// server as a whole.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Configuration {
    /// Folders of web sites: place and path on a drive.
    pub(super) folders: Vec<(String, String)>,
    /// Places that state whether `..` may stand in paths of scripts.
    pub(super) parent_paths: Vec<(String, bool)>,
    /// Places that state whether requests are logged.
    pub(super) logging: Vec<(String, bool)>,
    /// Whether the module that writes logs is loaded, where modules can be left out.
    pub(super) has_logging_module: Option<bool>,
}

/// Reason why a configuration cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConfigurationError {
    #[error("byte {offset}: expected well-formed XML: {cause}")]
    Malformed { offset: u64, cause: String },
    #[error("byte {offset}: expected at most {DEPTH_LIMIT} elements within one another")]
    Depth { offset: u64 },
    #[error("expected the root element {expected}, found {found:?}")]
    Root { expected: &'static str, found: String },
    #[error("expected the end of every element, found the end of the file")]
    CutOff,
}

/// An element that is open: its name and, where it has one, the place that it is about.
struct Open {
    name: String,
    place: Option<String>,
}

/// Root element of a dialect, and what its elements say.
type Dialect = (&'static str, fn(&mut Configuration, &[Open], &Element) -> Option<String>);

impl Configuration {
    /// Reads the content of `MetaBase.xml`.
    ///
    /// # Errors
    /// When it is no XML with the root `configuration`, is cut off or too deep.
    pub(super) fn of_metabase(text: &str) -> Result<Self, ConfigurationError> {
        read(text, ("configuration", metabase))
    }

    /// Reads the content of `applicationHost.config`.
    ///
    /// # Errors
    /// As [`Configuration::of_metabase`].
    pub(super) fn of_application_host(text: &str) -> Result<Self, ConfigurationError> {
        let mut read = read(text, ("configuration", application_host))?;
        read.has_logging_module.get_or_insert(false);
        Ok(read)
    }
}

fn read(text: &str, (root, dialect): Dialect) -> Result<Configuration, ConfigurationError> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<Open> = Vec::new();
    let mut has_root = false;
    let mut configuration = Configuration::default();
    loop {
        let event = reader.read_event().map_err(|error| ConfigurationError::Malformed {
            offset: reader.error_position(),
            cause: error.to_string(),
        })?;
        match event {
            Event::Start(start) => {
                if open.len() == DEPTH_LIMIT {
                    return Err(ConfigurationError::Depth { offset: reader.buffer_position() });
                }
                let element = Element::new(&start, reader.buffer_position())?;
                if !has_root && element.name != root {
                    return Err(ConfigurationError::Root { expected: root, found: element.name });
                }
                has_root = true;
                let place = dialect(&mut configuration, &open, &element);
                open.push(Open { name: element.name, place });
            }
            Event::End(_) => _ = open.pop(),
            Event::Eof if has_root && open.is_empty() => return Ok(configuration),
            Event::Eof => return Err(ConfigurationError::CutOff),
            _ => {}
        }
    }
}

fn metabase(configuration: &mut Configuration, _: &[Open], element: &Element) -> Option<String> {
    if !element.name.to_ascii_lowercase().starts_with("iisweb") {
        return None;
    }
    let location = element.value("Location")?;
    let below = location.get("/LM/W3SVC".len()..).unwrap_or_default();
    let place = below.trim_matches('/').to_owned();
    if let Some(path) = element.value("Path") {
        configuration.folders.push((place.clone(), path.to_owned()));
    }
    if let Some(value) = element.truth("AspEnableParentPaths") {
        configuration.parent_paths.push((place.clone(), value));
    }
    match (element.value("LogType"), element.truth("DontLog")) {
        (_, Some(true)) | (Some("0"), _) => configuration.logging.push((place, false)),
        (Some(_), _) | (None, Some(false)) => configuration.logging.push((place, true)),
        (None, None) => {}
    }
    None
}

fn application_host(
    configuration: &mut Configuration,
    open: &[Open],
    element: &Element,
) -> Option<String> {
    let parent = open.last().map(|above| above.name.as_str()).unwrap_or_default();
    let place = open.iter().rev().find_map(|above| above.place.clone()).unwrap_or_default();
    match (parent, element.name.as_str()) {
        (_, "location") => return element.value("path").map(str::to_owned),
        ("sites", "site") => return element.value("name").map(str::to_owned),
        ("site", "application") => {
            let path = element.value("path").unwrap_or_default();
            return Some(format!("{place}{}", path.trim_end_matches('/')));
        }
        ("application", "virtualDirectory") => {
            let path = element.value("path").unwrap_or_default().trim_end_matches('/');
            let physical = element.value("physicalPath").unwrap_or_default();
            configuration.folders.push((format!("{place}{path}"), physical.to_owned()));
        }
        ("system.webServer", "asp") => {
            let stated = element.truth("enableParentPaths");
            configuration.parent_paths.extend(stated.map(|value| (place, value)));
        }
        ("system.webServer", "httpLogging") => {
            let stated = element.truth("dontLog");
            configuration.logging.extend(stated.map(|value| (place, !value)));
        }
        ("site" | "siteDefaults", "logFile") => {
            let stated = element.truth("enabled");
            configuration.logging.extend(stated.map(|value| (place, value)));
        }
        ("globalModules", "add") => {
            let is_it = element.value("name") == Some("HttpLoggingModule");
            let known = configuration.has_logging_module.unwrap_or_default();
            configuration.has_logging_module = Some(known || is_it);
        }
        _ => {}
    }
    None
}

/// An element with its attributes.
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    fn new(start: &BytesStart<'_>, offset: u64) -> Result<Self, ConfigurationError> {
        let malformed = |cause: String| ConfigurationError::Malformed { offset, cause };
        let mut attributes = Vec::new();
        // The check for repeated attributes takes quadratic time, which hostile text could use.
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| malformed(error.to_string()))?;
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|error| malformed(error.to_string()))?;
            attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
        Ok(Self { name: start.name().as_ref().to_owned(), attributes })
    }

    fn value(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn truth(&self, name: &str) -> Option<bool> {
        match self.value(name)?.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::check) const METABASE: &str = r#"<?xml version ="1.0"?>
<configuration xmlns="urn:microsoft-catalog:XML_Metabase_V64_0">
<MBProperty>
<IIsWebService Location ="/LM/W3SVC" AspEnableParentPaths="FALSE" LogType="1"/>
<IIsWebServer Location ="/LM/W3SVC/1" LogType="0"/>
<IIsWebVirtualDir Location ="/LM/W3SVC/1/ROOT" Path="c:\inetpub\wwwroot"
  AspEnableParentPaths="TRUE"/>
<IIsWebVirtualDir Location ="/LM/W3SVC/1/ROOT/Scripts" Path="c:\inetpub\scripts"/>
</MBProperty>
</configuration>"#;

    pub(in crate::check) const APPLICATION_HOST: &str = r#"<configuration>
  <system.applicationHost><sites>
    <site name="Default Web Site" id="1">
      <application path="/"><virtualDirectory path="/" physicalPath="C:\inetpub\wwwroot" />
        <virtualDirectory path="/MSADC" physicalPath="C:\msadc" /></application>
      <logFile enabled="false" />
    </site>
    <siteDefaults><logFile logFormat="W3C" /></siteDefaults>
  </sites></system.applicationHost>
  <system.webServer>
    <globalModules><add name="HttpLoggingModule" image="loghttp.dll" /></globalModules>
    <httpLogging dontLog="false" />
  </system.webServer>
  <location path="Default Web Site/old"><system.webServer>
    <asp enableParentPaths="true" />
  </system.webServer></location>
</configuration>"#;

    fn owned<T: Clone>(pairs: &[(&str, T)]) -> Vec<(String, T)> {
        pairs.iter().map(|(place, value)| ((*place).to_owned(), value.clone())).collect()
    }

    #[test]
    fn both_files_are_read() {
        let read = Configuration::of_metabase(METABASE).expect("a metabase");
        assert_eq!(read.parent_paths, owned(&[("", false), ("1/ROOT", true)]));
        assert_eq!(read.logging, owned(&[("", true), ("1", false)]));
        let folders = [
            ("1/ROOT", r"c:\inetpub\wwwroot".to_owned()),
            ("1/ROOT/Scripts", r"c:\inetpub\scripts".to_owned()),
        ];
        assert_eq!(read.folders, owned(&folders));
        assert_eq!(read.has_logging_module, None);

        let read = Configuration::of_application_host(APPLICATION_HOST).expect("a configuration");
        assert_eq!(read.parent_paths, owned(&[("Default Web Site/old", true)]));
        assert_eq!(read.logging, owned(&[("Default Web Site", false), ("", true)]));
        let folders = [
            ("Default Web Site", r"C:\inetpub\wwwroot".to_owned()),
            ("Default Web Site/MSADC", r"C:\msadc".to_owned()),
        ];
        assert_eq!(read.folders, owned(&folders));
        assert_eq!(read.has_logging_module, Some(true));
    }

    #[test]
    fn what_is_no_configuration_is_an_error() {
        let deep = format!("<configuration>{}", "<a>".repeat(100));
        for (text, message) in [
            ("", "expected the end of every element, found the end of the file"),
            ("<other/>", "expected the root element configuration, found \"other\""),
            ("<configuration><a>", "expected the end of every element, found the end of the file"),
            (deep.as_str(), "byte 207: expected at most 64 elements within one another"),
        ] {
            let error = Configuration::of_metabase(text).expect_err("no configuration");
            assert_eq!(error.to_string(), message);
        }
        assert!(Configuration::of_metabase("<configuration></other>").is_err());
    }
}
