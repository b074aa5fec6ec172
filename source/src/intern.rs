use std::collections::HashSet;
use std::sync::Arc;

/// Texts of one document, each kept once.
#[derive(Debug, Default)]
pub(crate) struct Interner(HashSet<Arc<str>>);

impl Interner {
    /// Returns the one copy of a text.
    pub(crate) fn intern(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.0.insert(Arc::clone(&new));
        new
    }

    /// Returns the one copy of a text without the space around it, or nothing when that is all.
    pub(crate) fn intern_some(&mut self, text: &str) -> Option<Arc<str>> {
        let text = text.trim();
        (!text.is_empty()).then(|| self.intern(text))
    }
}
