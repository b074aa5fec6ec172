use std::collections::BTreeSet;

use super::super::questions::{KEYS, folders};

const START: &str = r#"@echo off
rem staunch collector for Windows NT 4.0
rem
rem Run it as an administrator in a folder that can be written to:
rem   collector.bat [FILE]
rem It writes one file, COMPUTER-facts.txt where none is named, for `staunch scan` elsewhere.
rem In it are exports of the registry by regedit /e and lists of folders by dir: names and sizes.
rem Nothing is changed and no network is used. Texts of passwords are left out. A part of the
rem registry lies in the folder for temporary files until the script ends.
setlocal
if not "%OS%"=="Windows_NT" goto wrong
set OUT=%1
if "%OUT%"=="" set OUT="%COMPUTERNAME%-facts.txt"
set PART=%TEMP%\staunch-part.reg
echo ; staunch evidence 1 > %OUT%
if errorlevel 1 goto unwritten
"#;

const END: &str = r#"echo ; complete >> %OUT%
if exist "%PART%" del "%PART%"
echo %OUT% is written.
goto end

:export
if exist "%PART%" del "%PART%"
regedit /e "%PART%" %1
if not exist "%PART%" goto end
echo ; export >> %OUT%
type "%PART%" | find /v /i "Password""=""" >> %OUT%
echo.>> %OUT%
type "%PART%" | find /i """DefaultPassword""=""" | find /v """=""""" > nul
if errorlevel 1 goto end
echo ; password >> %OUT%
goto end

:list
if exist %1\nul goto there
echo ; absent %1 >> %OUT%
goto end
:there
echo ; folder %1 >> %OUT%
dir /a /-c %1 >> %OUT%
echo ; end >> %OUT%
goto end

:wrong
echo This script is for Windows NT.
goto end

:unwritten
echo %OUT% cannot be written.

:end
"#;

/// Writes the batch file.
///
/// `regedit` writes a key with all below it or nothing, and says neither that a key is absent nor
/// that it may not be read. So keys are asked for that lie high enough to hold the answers, and what
/// is not in their exports is not there.
pub(super) fn script() -> String {
    let mut text = START.to_owned();
    for root in roots() {
        text.push_str(&format!("call :export \"{root}\"\n"));
    }
    for folder in folders().filter(|folder| !folder.contains("(x86)")) {
        // The variable came with Windows 2000.
        let folder = folder.replace("%ProgramFiles%", r"%SystemDrive%\Program Files");
        text.push_str(&format!("call :list \"{folder}\"\n"));
    }
    text + END
}

/// Lists the keys of which everything is exported.
pub(super) fn roots() -> BTreeSet<String> {
    let is_asked = |key: &&&str| {
        key.starts_with(r"HKLM\S")
            && !key.starts_with(r"HKLM\SECURITY")
            && !key.starts_with(r"HKLM\SOFTWARE\Wow6432Node")
    };
    let root = |key: &&str| {
        let names: Vec<&str> = key.split('\\').skip(1).take(2).collect();
        format!(r"HKEY_LOCAL_MACHINE\{}", names.join("\\"))
    };
    KEYS.iter().filter(is_asked).map(root).collect()
}
