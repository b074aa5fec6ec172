/// An element of a sheet or of the shared texts by its place; what is never read is `Other`, with
/// all within it, such as formulas and the pronunciations beside texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Worksheet,
    SheetData,
    Row,
    Cell,
    Value,
    SharedTexts,
    /// A text with its runs, shared or within a cell.
    RichText,
    Run,
    Text,
    Other,
}

impl Element {
    /// Returns the element with this local name within this one.
    pub(super) fn child(self, name: &str) -> Self {
        match (self, name) {
            (Self::Worksheet, "sheetData") => Self::SheetData,
            (Self::SheetData, "row") => Self::Row,
            (Self::Row, "c") => Self::Cell,
            (Self::Cell, "v") => Self::Value,
            (Self::Cell, "is") | (Self::SharedTexts, "si") => Self::RichText,
            (Self::RichText, "r") => Self::Run,
            (Self::RichText | Self::Run, "t") => Self::Text,
            _ => Self::Other,
        }
    }
}
