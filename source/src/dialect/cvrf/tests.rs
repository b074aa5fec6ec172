use staunch_model::{Record, Restart};

use crate::{ReadError, Statements, read_document};

const TRACKING: &str = "<c:DocumentTitle>March &amp; more</c:DocumentTitle>
<c:DocumentTracking>
<c:Identification><c:ID>2019-Mar</c:ID></c:Identification>
<c:RevisionHistory><c:Revision><c:Number>1</c:Number></c:Revision>
<c:Revision><c:Number>316</c:Number></c:Revision></c:RevisionHistory>
<c:InitialReleaseDate>2019-03-12T07:00:00Z</c:InitialReleaseDate>
<c:CurrentReleaseDate>2026-04-30T01:54:24</c:CurrentReleaseDate>
</c:DocumentTracking>
<p:ProductTree><p:Branch><p:FullProductName ProductID=\"1\">Windows&#32;A</p:FullProductName>
<p:Branch><p:FullProductName ProductID=\"2\">Windows B</p:FullProductName></p:Branch>
</p:Branch></p:ProductTree>
";

fn document(content: &str) -> String {
    format!("<c:cvrfdoc>{TRACKING}{content}</c:cvrfdoc>")
}

fn vulnerability(content: &str) -> String {
    document(&format!("<v:Vulnerability><v:CVE>CVE-2019-0803</v:CVE>{content}</v:Vulnerability>"))
}

fn fix(content: &str) -> String {
    vulnerability(&format!(
        "<v:Remediations><v:Remediation Type=\"Vendor Fix\">{content}</v:Remediation></v:Remediations>"
    ))
}

fn read(text: &str) -> Result<Statements, ReadError> {
    let mut statements = Statements::default();
    read_document("m.xml", text.as_bytes(), &mut statements).map(|_| statements)
}

fn fixes(text: &str) -> (Vec<staunch_model::Fix>, Vec<String>) {
    let statements = read(text).expect("a readable document");
    let fixes = statements
        .records
        .into_iter()
        .filter_map(|record| match record {
            Record::Fix(fix) => Some(fix),
            _ => None,
        })
        .collect();
    let warnings = statements
        .warnings
        .iter()
        .map(|warning| format!("{} {}", warning.code, warning.message))
        .collect();
    (fixes, warnings)
}

fn refusal(text: &str) -> String {
    read(text).expect_err("an unreadable document").to_string()
}

#[test]
fn the_publication_is_named_by_its_tracking() {
    let statements = read(&document("")).expect("a readable document");
    let [Record::Publication(publication)] = statements.records.as_slice() else {
        panic!("one publication: {statements:?}");
    };
    assert_eq!(publication.id.as_str(), "cvrf/2019-Mar");
    assert_eq!(publication.title, "March & more");
    assert_eq!(publication.revision.as_deref(), Some("316"));
    let days = [publication.released, publication.revised].map(|day| day.map(|d| d.to_string()));
    assert_eq!(days, [Some("2019-03-12".to_owned()), Some("2026-04-30".to_owned())]);
}

#[test]
fn a_vulnerability_spans_its_revisions_and_tells_of_attacks() {
    let text = vulnerability(
        "<v:Title>Win32k</v:Title><v:Notes><v:Note>&lt;p&gt;2001-01-01</v:Note></v:Notes>
<v:Threats><v:Threat Type=\"Exploit Status\"><v:Description>Publicly Disclosed:No;Exploited:Yes;DOS:N/A</v:Description></v:Threat></v:Threats>
<v:RevisionHistory><v:Revision><c:Number>10.0</c:Number><c:Date>2020-05-01T00:00:00</c:Date></v:Revision>
<v:Revision><c:Date>2019-04-09T07:00:00Z</c:Date></v:Revision></v:RevisionHistory>",
    );
    let statements = read(&text).expect("a readable document");
    let [_, Record::Vulnerability(vulnerability)] = statements.records.as_slice() else {
        panic!("one vulnerability: {statements:?}");
    };
    assert_eq!(vulnerability.title, "Win32k");
    assert_eq!((vulnerability.disclosed, vulnerability.exploited), (Some(false), Some(true)));
    let days = [vulnerability.published, vulnerability.revised].map(|d| d.map(|d| d.to_string()));
    assert_eq!(days, [Some("2019-04-09".to_owned()), Some("2020-05-01".to_owned())]);
    assert_eq!(vulnerability.provenance.line, 12);
}

#[test]
fn a_vendor_fix_is_one_statement_for_each_product_with_its_own_rating() {
    let text = vulnerability(
        "<v:Threats>
<v:Threat Type=\"Severity\"><v:Description>Critical</v:Description><v:ProductID>1</v:ProductID></v:Threat>
<v:Threat Type=\"Severity\"><v:Description /><v:ProductID>2</v:ProductID></v:Threat>
<v:Threat Type=\"Impact\"><v:Description>Spoofing</v:Description></v:Threat></v:Threats>
<v:Remediations>
<v:Remediation Type=\"Known Issue\"><v:Description>1234567</v:Description><v:ProductID>9</v:ProductID></v:Remediation>
<v:Remediation
 Type=\"Vendor Fix\"><v:Description>4489878</v:Description>
<v:URL>https://catalog.update.microsoft.com/v7/site/Search.aspx?q=KB4489882</v:URL>
<v:ProductID>1</v:ProductID><v:ProductID>2</v:ProductID><v:AffectedFiles />
<v:Supercedence>4486563; 4486564</v:Supercedence><v:RestartRequired>Maybe</v:RestartRequired>
<v:SubType>Monthly Rollup</v:SubType><v:FixedBuild>6.1.7601.24384</v:FixedBuild></v:Remediation></v:Remediations>",
    );
    let (fixes, warnings) = fixes(&text);
    assert_eq!(warnings, Vec::<String>::new());
    let shown: Vec<_> = fixes
        .iter()
        .map(|fix| {
            let severity = fix.severity.map(staunch_model::Severity::as_str);
            let impact = fix.impact.map(staunch_model::Impact::as_str);
            (&*fix.product.name, severity, impact, fix.provenance.line)
        })
        .collect();
    let expected = [
        ("Windows A", Some("Critical"), Some("Spoofing"), 18),
        ("Windows B", None, Some("Spoofing"), 18),
    ];
    assert_eq!(shown, expected);
    let fix = &fixes[0];
    assert_eq!(fix.kind, staunch_model::FixKind::Update("KB4489878".parse().expect("a number")));
    assert_eq!(fix.payload.map(|kb| kb.to_string()).as_deref(), Some("KB4489882"));
    assert_eq!((fix.supersedes.len(), fix.restart), (2, Some(Restart::Maybe)));
    assert_eq!(fix.sub_type.as_deref(), Some("Monthly Rollup"));
    assert_eq!(fix.fixed_build.as_deref(), Some("6.1.7601.24384"));
}

#[test]
fn a_link_to_the_update_itself_is_no_payload() {
    let (fixes, _) = fixes(&fix(
        "<v:Description>4489878</v:Description><v:URL>https://x/?a=b&amp;q=kb4489878#f</v:URL><v:ProductID>1</v:ProductID>",
    ));
    assert_eq!(fixes[0].payload, None);
}

#[test]
fn what_is_no_number_is_another_kind_of_fix() {
    let (fixes, _) =
        fixes(&fix("<v:Description>Click to Run</v:Description><v:ProductID>1</v:ProductID>"));
    assert_eq!(fixes[0].kind, staunch_model::FixKind::Other("Click to Run".into()));
}

#[test]
fn each_fault_is_named_and_the_rest_is_read() {
    let cases = [
        ("<v:ProductID>7</v:ProductID>", "unknown-product"),
        ("<v:RestartRequired>Soon</v:RestartRequired>", "bad-restart"),
        ("<v:Supercedence>2.41.0</v:Supercedence>", "bad-supersedence"),
        ("<v:Supercedence>4489878</v:Supercedence>", "self-reference"),
    ];
    for (content, code) in cases {
        let text = fix(&format!(
            "<v:Description>4489878</v:Description><v:ProductID>1</v:ProductID>{content}"
        ));
        let (fixes, warnings) = fixes(&text);
        assert_eq!((fixes.len(), warnings.len()), (1, 1), "{content}");
        assert!(warnings[0].starts_with(code), "{warnings:?}");
    }
    let threat = |kind| {
        vulnerability(&format!(
            "<v:Threats><v:Threat Type=\"{kind}\"><v:Description>Bad</v:Description></v:Threat></v:Threats>"
        ))
    };
    assert!(fixes(&threat("Severity")).1[0].starts_with("bad-severity"));
    assert!(fixes(&threat("Impact")).1[0].starts_with("bad-impact"));
    let undated = vulnerability(
        "<v:RevisionHistory><v:Revision><c:Date>soon</c:Date></v:Revision></v:RevisionHistory>",
    );
    assert!(fixes(&undated).1[0].starts_with("bad-date"));
}

#[test]
fn an_odd_identifier_drops_the_vulnerability_and_is_counted() {
    let text = fix("<v:Description>4489878</v:Description><v:ProductID>1</v:ProductID>")
        .replace("CVE-2019-0803", "CVE-2019-0803 - M");
    let mut statements = Statements::default();
    let counts = read_document("m.xml", text.as_bytes(), &mut statements).expect("readable");
    assert_eq!((counts.vulnerabilities, counts.vendor_fixes, counts.records), (1, 1, 1));
    assert_eq!(statements.warnings[0].code.as_str(), "bad-vulnerability-id");
}

#[test]
fn utf16_says_the_same() {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-16\"?>{}",
        fix("<v:ProductID>1</v:ProductID>")
    );
    let plain = text.replace("utf-16", "utf-8");
    let bytes: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let mut statements = Statements::default();
    read_document("m.xml", &bytes, &mut statements).expect("a readable document");
    assert_eq!(statements, read(&plain).expect("a readable document"));
}

#[test]
fn broken_documents_are_refused_with_line_expectation_and_finding() {
    let whole = fix("<v:ProductID>1</v:ProductID>");
    let cut = &whole[..whole.len() - 10];
    assert_eq!(
        refusal(cut),
        "m.xml, line 12: expected well-formed XML, found syntax error: tag not closed: `>` not found before end of input"
    );
    let cut = &whole[..whole.find("</v:Remediation>").expect("the element")];
    assert_eq!(
        refusal(cut),
        "m.xml, line 12: expected the end of 4 open elements, found the end of the document"
    );
    assert_eq!(
        refusal("<c:cvrfdoc>\n<a></b></c:cvrfdoc>"),
        "m.xml, line 2: expected well-formed XML, found ill-formed document: expected `</a>`, but `</b>` was found"
    );
    assert_eq!(
        refusal("<c:cvrfdoc></c:cvrfdoc>"),
        "m.xml, line 1: expected a document identifier such as 2019-Mar before the content, found none"
    );
    assert_eq!(
        refusal("<rss><cvrfdoc/></rss>"),
        "m.xml, line 1: expected the element cvrfdoc, found <\"rss\""
    );
    assert_eq!(
        refusal(&format!("{whole}\ntrailing")),
        "m.xml, line 13: expected an element, found \"trailing\""
    );
    assert_eq!(
        refusal("<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><cvrfdoc/>"),
        "m.xml, line 1: expected UTF-8 text, found the declared encoding \"Shift_JIS\""
    );
}

#[test]
fn entities_are_not_expanded() {
    let bomb =
        "<!DOCTYPE cvrfdoc [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n<cvrfdoc>&b;</cvrfdoc>";
    assert_eq!(
        refusal(bomb),
        "m.xml, line 1: expected no entities, found a document type declaration"
    );
    assert_eq!(
        refusal("<cvrfdoc>&b;</cvrfdoc>"),
        "m.xml, line 1: expected a character or one of the five predefined entities, found the entity \"b\""
    );
}

#[test]
fn nesting_and_text_are_bounded() {
    let deep = format!("<cvrfdoc>{}", "<a>".repeat(100));
    assert_eq!(
        refusal(&deep),
        "m.xml, line 1: expected a nesting of at most 64 elements, found more"
    );
    let long = document(&format!("<v:Note>{}</v:Note>", "&lt;".repeat((4 << 20) + 1)));
    assert_eq!(
        refusal(&long),
        "m.xml, line 12: expected a text in an element of at most 4194304 bytes, found more"
    );
}
