//! Questions and tables that say whether a vulnerability was disclosed or exploited at release.

use std::sync::OnceLock;

use crate::page::Page;
use crate::page::lexicon::Lexicon;
use crate::page::platforms::Terms;

/// Section below the heading of a vulnerability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Mitigations,
    Workarounds,
    Questions,
}

/// Label within a workaround.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remark {
    Impact,
    Undo,
    Note,
}

/// What is asked about a vulnerability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Disclosed,
    Exploited,
}

/// Word of a workaround's title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Policy,
    Service,
    Disable,
    Port,
}

/// Words of one language.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) parts: Terms<Part>,
    pub(super) remarks: Terms<Remark>,
    questions: Terms<Question>,
    columns: Terms<Question>,
    answers: Terms<bool>,
    none: Terms<()>,
    policy: Terms<Word>,
    service: Terms<Word>,
    disable: Terms<Word>,
    pub(super) port: Terms<Word>,
}

impl Words {
    fn new(own: Option<&Lexicon>) -> Self {
        let parts: &[_] = &[
            ("mitigations", Part::Mitigations),
            ("workarounds", Part::Workarounds),
            ("faq", Part::Questions),
        ];
        let remarks: &[_] =
            &[("impact", Remark::Impact), ("undo", Remark::Undo), ("note", Remark::Note)];
        let asked: &[_] = &[("disclosed", Question::Disclosed), ("exploited", Question::Exploited)];
        Self {
            parts: Terms::new(own, "vulnerability_sections", parts),
            remarks: Terms::new(own, "workaround_notes", remarks),
            questions: Terms::new(own, "vulnerability_questions", asked),
            columns: Terms::new(own, "vulnerability_columns", asked),
            answers: Terms::new(own, "vulnerability_answers", &[("yes", true), ("no", false)]),
            none: Terms::new(own, "vulnerability_none", &[("none", ())]),
            policy: Terms::new(own, "workaround_words", &[("policy", Word::Policy)]),
            service: Terms::new(own, "workaround_words", &[("service", Word::Service)]),
            disable: Terms::new(own, "workaround_words", &[("disable", Word::Disable)]),
            port: Terms::new(own, "workaround_words", &[("port", Word::Port)]),
        }
    }

    /// Returns the words of the page's language, or the English ones.
    pub(super) fn of(page: &Page<'_>) -> &'static Self {
        static WORDS: OnceLock<(Vec<(&'static str, Words)>, Words)> = OnceLock::new();
        let (by_locale, english) = WORDS.get_or_init(|| {
            let all = Lexicon::all().iter().map(|own| (own.locale, Self::new(Some(own))));
            (all.collect(), Self::new(None))
        });
        let own = page.lexicon.and_then(|lexicon| {
            by_locale.iter().find(|(locale, _)| *locale == lexicon.locale).map(|(_, words)| words)
        });
        own.unwrap_or(english)
    }

    /// Tells what a question is about.
    pub(super) fn question(&self, text: &str) -> Option<Question> {
        self.questions.within(text)
    }

    /// Tells what a column of a table is about; its head is the label and nothing more.
    pub(super) fn column(&self, text: &str) -> Option<Question> {
        self.columns.exact(text)
    }

    /// Returns the answer that a text begins with.
    pub(super) fn answer(&self, text: &str) -> Option<bool> {
        self.answers.first_word(text)
    }

    /// Tells whether a text says that there are no mitigating factors or workarounds.
    pub(super) fn says_none(&self, text: &str) -> bool {
        text.len() < 600 && self.none.within(text).is_some()
    }

    pub(super) fn names_policy(&self, text: &str) -> bool {
        self.policy.within(text).is_some()
    }

    /// Tells whether a title is about a service that is to be disabled.
    pub(super) fn disables_service(&self, title: &str) -> bool {
        let title = title.to_lowercase().replace("service pack", "");
        self.service.within(&title).is_some() && self.disable.within(&title).is_some()
    }
}
