//! The table of codes: a stable name for every kind of fault.
//!
//! A code never changes its meaning; a retired one is never used again. Each has an explanation in `explain/`, for
//! `sporbar explain` and for the page of all codes. Tests hold that each has a case, and that the examples are true.

use super::Severity;

/// What the table says of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeInfo {
    /// The stable name, as printed.
    pub name: &'static str,
    /// How much such a fault matters.
    pub severity: Severity,
    /// What the code stands for, in a sentence.
    pub meaning: &'static str,
    /// Cause, example and cure, in Markdown.
    pub explanation: &'static str,
}

macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $meaning:literal;)*) => {
        /// The kind of a fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The row of this code.
            pub fn info(self) -> CodeInfo {
                match self {
                    $(Code::$variant => CodeInfo {
                        name: $name,
                        severity: Severity::$severity,
                        meaning: $meaning,
                        explanation: include_str!(concat!("explain/", $name, ".md")),
                    },)*
                }
            }
        }
    };
}

impl Code {
    /// The code with this name, in capitals or not.
    pub fn find(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.info().name.eq_ignore_ascii_case(name))
    }

    /// All that there is to say of the code, in Markdown.
    pub fn explain(self) -> String {
        let CodeInfo { name, severity, meaning, explanation } = self.info();
        format!("## {name} ({})\n\n**{meaning}**\n\n{}\n", severity.word(), explanation.trim())
    }
}

codes! {
    Syntax "E0001" Error "The file is not well-formed YAML.";
    Encoding "E0002" Error "The file is not UTF-8 text.";
    MissingFile "E0003" Error "A file that every site needs is not there.";
    StrayFile "E0004" Error "No record of its kind lives at this path.";
    Unreadable "E0005" Error "A file is there but cannot be read.";
    PathTwins "E0006" Error "Two paths are the same on machines that do not tell capitals or composed letters apart.";
    Unseen "E0007" Error "An invisible character stands in the text.";
    MissingKey "E0010" Error "A key that the record needs is missing.";
    UnknownKey "E0011" Error "The record has no such key.";
    DuplicateKey "E0012" Error "The key is written twice.";
    WrongType "E0013" Error "Something else is expected here: a text, a list, a mapping.";
    BadValue "E0014" Error "The value is not of the form that is expected here.";
    BadAmount "E0015" Error "The amount is not an exact decimal in the unit of its table.";
    MissingLanguage "E0016" Error "A text is missing in one of the site's languages.";
    UnknownLanguage "E0017" Error "The site has no such language.";
    DuplicateId "E0020" Error "Two records have the same id.";
    UnknownReference "E0021" Error "A reference leads to no record.";
    UnknownPlace "E0022" Error "A citation names a kind of place that is not declared.";
    SumOff "E0030" Error "A stated sum differs from the sum of its rows and does not say so.";
    DifferenceOff "E0031" Error "A declared difference is not the difference there is.";
    MissingYear "E0032" Error "A year of the strategy has no cell.";
    ForeignYear "E0033" Error "A cell stands for a year outside the strategy.";
    NotPrinted "E0034" Error "A cell does not agree with what the document prints in it.";
    NoRow "E0035" Error "An initiative with amounts has no row of its own in the funding table.";
    Untraced "E0040" Error "A proposal has neither a follow-up nor a stated gap.";
    GapContradicted "E0041" Error "A proposal is stated to be a gap, yet has a follow-up.";
    DuplicateTrace "E0042" Error "The same link is recorded twice.";
    BadTrace "E0043" Error "The parts of a trace do not fit together.";
    Succession "E0044" Error "An initiative continues one that is not earlier than itself.";
    CountOff "E0050" Error "There are not as many records as the document is stated to have.";
    NumberGap "E0051" Error "The numbers of a series of records are not 1, 2, 3 …";
    RawHtml "E0060" Error "Markdown contains HTML.";
    BadLink "E0061" Error "A Markdown link is not of a form that can be checked.";
    MissingTwin "E0062" Error "A chapter is missing in one of the site's languages.";
    TwinsDiffer "E0063" Error "The texts of two languages are not twins: other links, other headings, other front matter.";
    Heading "E0064" Error "A heading stands where none can.";
    Markup "E0065" Error "A sign of Markdown is left over and would be read as text.";
    Template "E0070" Error "A template of the theme is faulty.";
    Messages "E0071" Error "The theme's words are not the same set in every language.";
    Style "E0072" Error "A style sheet of the theme is faulty.";
    PathClash "E0080" Error "Two pages have the same address.";
    BrokenLink "E0081" Error "A page links to an address that the site does not have.";
    RepeatedAnchor "E0082" Error "Two elements of a page have the same anchor.";
    NoAlternative "E0083" Error "A picture has no alternative text.";
    Unused "W0001" Warning "A record, a template or a word is defined and never used.";
    Unconfirmed "W0002" Warning "A text has changed since its translation was confirmed.";
    HeadingSkip "W0003" Warning "A heading skips a level.";
    NumbersDiffer "W0004" Warning "A number stands in one language and not in another.";
    DeadLink "W0010" Warning "A page elsewhere on the web does not answer.";
    MovedLink "W0011" Warning "A page elsewhere on the web has moved for good.";
    NeedlessSetting "N0001" Note "A code is silenced although nothing has it.";
}
