use staunch_machine::{RegistryData, RegistryKey};
use staunch_model::{Family, Severity};

use super::security_descriptor::{CHANGE, FULL_ACCESS, rights_of_everyone};
use super::{Check, Outcome, Subject, Unseen};

const SHARES: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer\Shares";
const SECURITY: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer\Shares\Security";
const DEFAULT: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer\DefaultSecurity";

pub(super) const CHECK: Check = Check {
    id: "shares",
    title: "No share lets everybody change its files",
    severity: Severity::Important,
    remedy: "Remove the shares that nobody needs (net share NAME /delete) and give the others \
             permissions for those who need them",
    source: "MBSA, check \"Shares\"; [MS-DTYP] 2.4.6; Microsoft Learn, \"NetShareAdd function\"",
    reads: &[SHARES, DEFAULT],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let Some(shares) = subject.key(SHARES)?.filter(|key| !key.values.is_empty()) else {
        return Ok(Outcome::sound("nothing is shared but for administration"));
    };
    let security = subject.key(SECURITY);
    let details = shares
        .values
        .iter()
        .map(|value| share(subject, &value.name, &value.data, &security).about(&value.name))
        .collect();
    Ok(Outcome::of_details(
        details,
        "shares let everybody change their files",
        "no share lets everybody change its files",
    ))
}

fn share(
    subject: &Subject<'_>,
    name: &str,
    data: &RegistryData,
    security: &Result<Option<RegistryKey>, Unseen>,
) -> Outcome {
    let Some(texts) = data.texts() else {
        return Outcome::undetermined("its description is no list of texts");
    };
    let field = |name: &str| {
        texts.iter().find_map(|text| {
            let (key, value) = text.split_once('=')?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    };
    let path = field("Path").unwrap_or("a path that is not told");
    // The lowest bits are the kind: a folder, a printer, a device or pipes.
    match field("Type").map(str::parse::<u32>) {
        Some(Ok(kind)) if kind & 0xff == 0 => {}
        Some(Ok(kind)) if kind & 0xff == 1 => return Outcome::not_applicable("a printer"),
        None => {}
        Some(Ok(_)) => return Outcome::not_applicable("no folder"),
        Some(Err(_)) => return Outcome::undetermined("its type is no number"),
    }
    let judged = Outcome::from(permissions(subject, name, security));
    Outcome { found: format!("{path}: {}", judged.found), ..judged }
}

fn permissions(
    subject: &Subject<'_>,
    name: &str,
    security: &Result<Option<RegistryKey>, Unseen>,
) -> Result<Outcome, Unseen> {
    let own = match security {
        Ok(key) => key.as_ref().and_then(|key| key.value(name)).cloned(),
        Err(unseen) => return Err(unseen.clone()),
    };
    let (stored, whose) = match own {
        Some(data) => (Some(data), "the share"),
        None => (subject.value(DEFAULT, "SrvsvcDefaultShareInfo")?, "shares by default"),
    };
    let Some(stored) = stored else {
        return match subject.system.family {
            Family::WindowsNt4 | Family::Windows2000 => Ok(Outcome::weak(
                "it has no permissions of its own, and everybody then has full access",
            )),
            _ => Err(Unseen::because("it has no permissions of its own, and no default is stored")),
        };
    };
    let strange = || Unseen::because("its permissions are not binary");
    let rights = rights_of_everyone(stored.binary().ok_or_else(strange)?);
    let rights = rights.map_err(|error| Unseen::because(error.to_string()))?;
    Ok(match rights {
        rights if rights & FULL_ACCESS == FULL_ACCESS => {
            Outcome::weak(format!("everybody has full access to {whose}"))
        }
        rights if rights & CHANGE == CHANGE => {
            Outcome::weak(format!("everybody may change the files of {whose}"))
        }
        0 => Outcome::sound(format!("not everybody has access to {whose}")),
        _ => Outcome::sound(format!("everybody has some access to {whose}, but may not change it")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{NT4, WINDOWS_10, XP, judge_on, table};
    use crate::check::security_descriptor::tests::open_to_everyone;
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{self, NotApplicable, Sound, Undetermined, Weak};

    fn add(facts: &mut Memory, name: &str, kind: &str) {
        let texts = ["CSCFlags=0", "MaxUses=4294967295", r"Path=D:\Texts", "Remark=", kind];
        let texts = texts.map(str::to_owned).to_vec();
        facts.set(SHARES, name, RegistryData::Texts(texts));
    }

    #[test]
    fn what_everybody_may_do_decides() {
        table(
            &CHECK,
            &[
                (XP, |_| {}, Sound, "nothing is shared but for administration"),
                (
                    XP,
                    |facts| {
                        add(facts, "texts", "Type=0");
                        let open = RegistryData::Binary(open_to_everyone(FULL_ACCESS));
                        facts.set(SECURITY, "texts", open);
                    },
                    Weak,
                    "shares let everybody change their files: texts",
                ),
                (
                    NT4,
                    |facts| add(facts, "texts", "Type=0"),
                    Weak,
                    "shares let everybody change their files: texts",
                ),
                (XP, |facts| add(facts, "laser", "Type=1"), NotApplicable, "a printer"),
            ],
        );
    }

    #[test]
    fn each_share_tells_its_path_and_what_everybody_may_do() {
        let cases: &[(Option<Vec<u8>>, CheckVerdict, &str)] = &[
            (
                Some(open_to_everyone(FULL_ACCESS)),
                Weak,
                r"D:\Texts: everybody has full access to the share",
            ),
            (
                Some(open_to_everyone(CHANGE)),
                Weak,
                r"D:\Texts: everybody may change the files of the share",
            ),
            (
                Some(open_to_everyone(0x0012_00a9)),
                Sound,
                r"D:\Texts: everybody has some access to the share, but may not change it",
            ),
            (Some(open_to_everyone(0)), Sound, r"D:\Texts: not everybody has access to the share"),
            (
                Some(vec![1, 0, 4, 128]),
                Undetermined,
                r"D:\Texts: descriptor: expected 20 bytes at offset 0, found 4",
            ),
            (
                None,
                Undetermined,
                r"D:\Texts: it has no permissions of its own, and no default is stored",
            ),
        ];
        for (descriptor, verdict, found) in cases {
            let mut facts = Memory::default();
            facts.collect_key(r"HKLM\SYSTEM\CurrentControlSet");
            add(&mut facts, "texts", "Type=0");
            if let Some(bytes) = descriptor {
                facts.set(SECURITY, "texts", RegistryData::Binary(bytes.clone()));
            }
            let outcome = judge_on(&CHECK, WINDOWS_10, &facts);
            let detail = &outcome.details[0];
            assert_eq!((outcome.verdict, detail.found.as_str()), (*verdict, *found));
            assert_eq!(detail.object, "texts");
        }
    }
}
