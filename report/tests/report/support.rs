//! A machine that is out of support never looks as if all were well.

use serde_json::Value;
use staunch_model::{Assessment, Summary, SupportState};
use staunch_report::{Format, TextStyle};

use crate::{assessment, explanation, explanations, plan, plans, scan, scan_as};

const SAYS: &str = "support ended on 2014-04-08; service pack 2 lost support on 2010-07-13: \
                    install service pack 3";
const SENTENCE: &str = "Support ended on 2014-04-08; service pack 2 lost support on 2010-07-13: \
                        install service pack 3.";

/// A machine without any finding, whose system or service pack lost its support.
fn lost(product: SupportState, service_pack: SupportState) -> Assessment {
    let mut machine = assessment();
    machine.findings.clear();
    machine.warnings.clear();
    machine.summary = Summary::default();
    machine.support.state = product;
    machine.support.service_pack.as_mut().expect("a service pack").state = service_pack;
    machine.support.says = SAYS.to_owned();
    machine
}

/// The document with line breaks of the layout taken back.
fn unwrapped(document: &str) -> String {
    document.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn an_end_of_support_is_said_where_nothing_is_missing() {
    use SupportState::{Ended, PaidUpdatesOnly, Supported};
    for (product, pack) in [(Ended, Ended), (PaidUpdatesOnly, Supported), (Supported, Ended)] {
        let machines = [lost(product, pack)];
        for format in [Format::Text, Format::Html, Format::Sarif] {
            let document = unwrapped(&scan(&machines, format));
            assert!(document.contains(SENTENCE), "{format}: {document}");
            assert!(!document.contains("Nothing is missing"), "{format}: {document}");
        }
        assert!(scan(&machines, Format::Json).contains(SAYS));
        let green = "\u{1b}[32m";
        let style = TextStyle { colour: true, ..TextStyle::default() };
        assert!(!scan_as(&machines, Format::Text, style).contains(green));
    }
    let well = lost(Supported, Supported);
    assert!(scan(&[well], Format::Text).contains("Nothing is missing."));
}

#[test]
fn several_machines_say_for_how_many_it_has_ended() {
    let machines = [lost(SupportState::Ended, SupportState::Ended), assessment()];
    let text = unwrapped(&scan(&machines, Format::Text));
    assert!(text.starts_with("2 machines; 1 lacks updates; support has ended for 1."), "{text}");
    let page = scan(&machines, Format::Html);
    assert!(page.contains("1 of 2 machines lacks updates; support has ended for 1"));
    assert!(page.contains("<td data-label=\"Support\" class=\"bad\">ended</td>"));
    assert!(page.contains("<td data-label=\"Support\" class=\"plain\">supported</td>"));
}

#[test]
fn an_end_of_support_is_a_notification() {
    let notifications = |machine: Assessment| {
        let log: Value = serde_json::from_str(&scan(&[machine], Format::Sarif)).expect("JSON");
        log["runs"][0]["invocations"][0]["toolExecutionNotifications"].clone()
    };
    let ended = notifications(lost(SupportState::Ended, SupportState::Ended));
    assert_eq!(ended[0]["message"]["text"], SENTENCE);
    let supported = notifications(lost(SupportState::Supported, SupportState::Supported));
    assert_eq!(supported, Value::Array(Vec::new()));
}

#[test]
fn plans_and_explanations_say_it_too() {
    let support = lost(SupportState::Ended, SupportState::Ended).support;
    let mut plan = plan();
    plan.support = support.clone();
    assert!(unwrapped(&plans(&[plan], Format::Text)).contains(SENTENCE));
    let mut explanation = explanation();
    explanation.support = support;
    assert!(unwrapped(&explanations(&[explanation], Format::Text)).contains(SENTENCE));
}
