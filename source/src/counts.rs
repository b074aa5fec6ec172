use std::ops::AddAssign;

/// Declares the counts once, so that adding them up cannot forget one.
macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// How much one or more documents stated, before anything is mapped or merged.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Counts {
            $($(#[$doc])* pub $name: u64,)+
        }

        impl Counts {
            /// Returns what was stated, with the name of each count, in the order of declaration.
            ///
            /// What was passed over is no statement and is left out.
            pub fn entries(&self) -> Vec<(&'static str, u64)> {
                let mut all = vec![$((stringify!($name), self.$name)),+];
                all.retain(|(name, _)| *name != "skipped");
                all
            }
        }

        impl AddAssign for Counts {
            fn add_assign(&mut self, other: Self) {
                $(self.$name += other.$name;)+
            }
        }
    };
}

counts! {
    /// Documents that were read.
    documents,
    /// Documents that no dialect recognises.
    skipped,
    /// Elements that describe a vulnerability, those with an unusable identifier included.
    vulnerabilities,
    /// Remediation elements of type `Vendor Fix`.
    vendor_fixes,
    /// Remediation elements of other types.
    other_remediations,
    /// Products that documents declare.
    products,
    /// Rows of tables, dirty and repeated ones included.
    rows,
    /// Vendor fixes and rows with a text about superseded updates.
    superseding,
    /// Vendor fixes with a text about the fixed build.
    fixed_builds,
    /// Bulletins that databases of packages list.
    bulletins,
    /// Packages that databases list.
    packages,
    /// Changes of files that databases list.
    file_changes,
    /// Changes of registry values that databases list.
    registry_changes,
    /// Entries of packages that supersede others.
    supersedences,
    /// Records that were passed on.
    records,
    /// Warnings that were passed on.
    warnings,
}
