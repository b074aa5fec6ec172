use super::super::questions::{KEYS, folders};

const START: &str = r#"# staunch collector for Windows with PowerShell 2.0 or later
#
# Run it as an administrator:
#   powershell -NoProfile -ExecutionPolicy Bypass -File collector.ps1 [FILE]
# It writes one file, COMPUTER-facts.json in the current folder where none is named, for
# `staunch scan` elsewhere. It reads keys of the registry, names, sizes and versions of files, the
# local accounts and the drives. Nothing is changed and no network is used. Passwords and the
# contents of files are left out, but for the names of updates in manifests of rollups, and so is
# what people set who are not logged on.
param([string]$File)
$ErrorActionPreference = 'Stop'
if ($env:PROCESSOR_ARCHITEW6432) { throw 'Run this script with the PowerShell for 64 bits.' }
$me = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
if (-not $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    throw 'Run this script as an administrator.'
}
$here = (Get-Location).ProviderPath
if (-not $File) { $File = $env:COMPUTERNAME + '-facts.json' }
$File = [IO.Path]::Combine($here, $File)
$local = [Microsoft.Win32.Registry]::LocalMachine
$hives = [Microsoft.Win32.Registry]::Users
$deepest = 32
$users = @{}
$keys = @{}
$collected = @{}
$listed = @{}
$named = @{}
$files = @{}
$contents = @{}
$foldersDone = @{}
$foldersThere = @{}
$foldersAbsent = @{}
$odd = [regex]'["\\\x00-\x1f\x7f-\uffff]'
$lone = [regex]'[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]'
$escape = [Text.RegularExpressions.MatchEvaluator] { param($m) '\u{0:x4}' -f [int][char]$m.Value }

# Writes a text of JSON in ASCII. Halves of pairs that stand alone are no text.
function Quote([string]$text) {
    if ($odd.IsMatch($text)) {
        $text = $odd.Replace($lone.Replace($text, [string][char]0xfffd), $escape)
    }
    '"' + $text + '"'
}

# Opens a key; nothing where it is absent, and an exception where that cannot be told.
function Open-Key([string]$path) {
    $hive, $below = $path.Split([char[]]'\', 2)
    if ($hive -eq 'HKLM') { return $local.OpenSubKey($below) }
    $name, $below = $below.Split([char[]]'\', 2)
    $root = $hives.OpenSubKey($users[$name])
    if ($root -eq $null) { throw 'The hive is not loaded.' }
    if ($below) { $root.OpenSubKey($below) } else { $root }
}

# Writes the values of a key. Those of types without a form here are carried without data.
function Format-Values($key) {
    $all = New-Object Collections.ArrayList
    foreach ($name in $key.GetValueNames()) {
        $data = $key.GetValue($name, $null, 'DoNotExpandEnvironmentNames')
        $secret = $name.ToLowerInvariant().Contains('password')
        switch ([string]$key.GetValueKind($name)) {
            'String' {
                if ($secret -and $data) { $data = '(not carried)' }
                $one = '"text","data":' + (Quote $data)
            }
            'ExpandString' {
                if ($secret -and $data) { $data = '(not carried)' }
                $one = '"expandable_text","data":' + (Quote $data)
            }
            'MultiString' {
                $texts = @($data | Where-Object { $_ -ne $null } | ForEach-Object {
                    if ($secret) { Quote '(not carried)' } else { Quote $_ }
                })
                $one = '"texts","data":[' + ($texts -join ',') + ']'
            }
            'DWord' {
                $number = [BitConverter]::ToUInt32([BitConverter]::GetBytes([int]$data), 0)
                $one = '"u32","data":' + $number.ToString()
            }
            'QWord' {
                $number = [BitConverter]::ToUInt64([BitConverter]::GetBytes([long]$data), 0)
                $one = '"u64","data":' + $number.ToString()
            }
            'Binary' {
                if ($secret) { $data = New-Object byte[] $data.Length }
                $one = '"binary","data":[' + ($data -join ',') + ']'
            }
            default { $one = '"binary","data":[]' }
        }
        [void]$all.Add('{"name":' + (Quote $name) + ',"data":{"type":' + $one + '}}')
    }
    '[' + ([string[]]$all.ToArray() -join ',') + ']'
}

# Reads the values of a key, and returns the names of the keys below it.
function Read-Key([string]$path, [bool]$onlyNames) {
    try { $key = Open-Key $path } catch { return }
    if ($key -eq $null) { $collected[$path] = 1; return }
    try {
        if (-not $keys.ContainsKey($path)) { $keys[$path] = Format-Values $key }
        $names = $key.GetSubKeyNames()
    } catch {
        $keys.Remove($path)
        $named[$path] = 1
        return
    } finally { $key.Close() }
    if ($onlyNames) {
        $listed[$path] = 1
        foreach ($name in $names) { $named[$path + '\' + $name] = 1 }
    }
    $names
}

# Reads a key with all below it.
function Read-All([string]$path, [int]$level) {
    $names = @(Read-Key $path $false)
    if (-not $keys.ContainsKey($path)) { return }
    if ($level -eq 0) { $collected[$path] = 1 }
    foreach ($name in $names) {
        $below = $path + '\' + $name
        if ($level -lt $deepest) { Read-All $below ($level + 1) }
        if (-not $keys.ContainsKey($below)) { $named[$below] = 1 }
    }
}

# Asks one question: a key with all below it, or without where it ends with a backslash. A star
# stands for every name.
function Ask([string]$question) {
    $found = @('')
    foreach ($part in $question.TrimEnd('\').Split('\')) {
        $found = @(foreach ($above in $found) {
            if ($part -ne '*') { if ($above) { $above + '\' + $part } else { $part } }
            elseif ($above -eq 'HKU') { foreach ($name in $users.Keys) { 'HKU\' + $name } }
            else { foreach ($name in @(Read-Key $above $true)) { $above + '\' + $name } }
        })
    }
    foreach ($path in $found) {
        if ($question.EndsWith('\')) { [void]@(Read-Key $path $true) } else { Read-All $path 0 }
    }
}

function Read-File([string]$path) {
    $parts = @()
    try {
        $parts += '"size":' + (New-Object IO.FileInfo $path).Length
        $version = [Diagnostics.FileVersionInfo]::GetVersionInfo($path)
        $number = '{0}.{1}.{2}.{3}' -f $version.FileMajorPart, $version.FileMinorPart,
            $version.FileBuildPart, $version.FilePrivatePart
        if ($version.FileVersion -eq $null -and $number -eq '0.0.0.0') {
            $parts += '"version":null'
        } else {
            $parts += '"version":"' + $number + '"'
            # The text may be that of a file for another language.
            if ([string]$version.FileVersion -like ($number + '*')) {
                $parts += '"version_text":' + (Quote $version.FileVersion)
            }
        }
    } catch { }
    $files[$path] = '{' + ($parts -join ',') + '}'
}

# Looks at the files of a folder, and at the names of the folders in it.
function Look([string]$question) {
    $path = [Environment]::ExpandEnvironmentVariables($question)
    if ($path.Contains('%')) { return }
    if (-not [IO.Directory]::Exists($path)) { $foldersAbsent[$path] = 1; return }
    try {
        $within = [IO.Directory]::GetFiles($path)
        $folders = [IO.Directory]::GetDirectories($path)
    } catch { return }
    foreach ($folder in $folders) { $foldersThere[$folder] = 1 }
    foreach ($one in $within) { Read-File $one }
    $foldersDone[$path] = 1
}

# Looks at the files that the next start moves.
function Look-AtRenames {
    $key = $local.OpenSubKey('SYSTEM\CurrentControlSet\Control\Session Manager')
    foreach ($name in 'PendingFileRenameOperations', 'PendingFileRenameOperations2') {
        foreach ($text in @($key.GetValue($name))) {
            $path = ([string]$text).TrimStart('!')
            if ($path -match '^\\\?\?\\([A-Za-z]:\\.+)$' -and [IO.File]::Exists($matches[1])) {
                Read-File $matches[1]
            }
        }
    }
}

# Notes the update that each rollup is of, as the manifest of its package names it.
function Look-AtRollups {
    $key = $local.OpenSubKey('SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages')
    if ($key -eq $null) { return }
    foreach ($name in $key.GetSubKeyNames()) {
        if (-not ($name -like 'Package_for_RollupFix~*' -or $name -like 'Package_for_DotNetRollup*')) { continue }
        $path = $env:SystemRoot + '\servicing\Packages\' + $name + '.mum'
        try {
            if ([IO.File]::ReadAllText($path) -match '<package [^>]*>') {
                $contents[$path] = Quote $matches[0]
            }
        } catch { }
    }
}

# Finds the people with a profile: the name of its folder and their identifier.
function Find-Users {
    $list = $local.OpenSubKey('SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList')
    foreach ($sid in $list.GetSubKeyNames()) {
        if ('S-1-5-18', 'S-1-5-19', 'S-1-5-20' -contains $sid) { continue }
        $path = [string]$list.OpenSubKey($sid).GetValue('ProfileImagePath')
        if (-not $path) { continue }
        $hive = [IO.Path]::Combine($path, 'NTUSER')
        if (-not ([IO.File]::Exists($hive + '.DAT') -or [IO.File]::Exists($hive + '.MAN'))) { continue }
        $name = [IO.Path]::GetFileName($path)
        if ($users.ContainsKey($name)) { $name = $sid }
        $users[$name] = $sid
    }
}

# Lists the local accounts; a domain controller has none.
function Format-Accounts {
    $kind = $local.OpenSubKey('SYSTEM\CurrentControlSet\Control\ProductOptions').GetValue('ProductType')
    if ($kind -eq 'LanmanNT') { return }
    $group = New-Object Security.Principal.SecurityIdentifier 'S-1-5-32-544'
    $group = $group.Translate([Security.Principal.NTAccount]).Value.Split('\')[-1]
    $members = @(([ADSI]"WinNT://$env:COMPUTERNAME/$group,group").psbase.Invoke('Members') | ForEach-Object {
        $bytes = $_.GetType().InvokeMember('ObjectSid', 'GetProperty', $null, $_, $null)
        (New-Object Security.Principal.SecurityIdentifier $bytes, 0).Value
    })
    foreach ($user in ([ADSI]"WinNT://$env:COMPUTERNAME").psbase.Children) {
        if ($user.psbase.SchemaClassName -ne 'User') { continue }
        $sid = (New-Object Security.Principal.SecurityIdentifier $user.psbase.Properties['objectSid'].Value, 0).Value
        $flags = [int]$user.psbase.Properties['UserFlags'].Value
        '{"name":' + (Quote $user.psbase.Name) + ',"rid":' + $sid.Split('-')[-1] +
            ',"flags":{"is_disabled":' + (Truth ($flags -band 2)) +
            ',"is_locked_out":' + (Truth ($flags -band 16)) +
            ',"needs_no_password":' + (Truth ($flags -band 32)) +
            ',"password_never_expires":' + (Truth ($flags -band 65536)) + '}' +
            ',"is_administrator":' + (Truth ($members -contains $sid)) + '}'
    }
}

function Truth($condition) {
    if ($condition) { 'true' } else { 'false' }
}

function Format-Volumes {
    foreach ($drive in [IO.DriveInfo]::GetDrives()) {
        if ($drive.DriveType -eq 'Fixed' -and $drive.IsReady) {
            '{"name":' + (Quote $drive.Name.TrimEnd('\')) + ',"file_system":' + (Quote $drive.DriveFormat) + '}'
        }
    }
}

function Write-List([string]$name, $texts, [string]$behind) {
    $out.Write((Quote $name) + ': [')
    $out.Write(($texts -join ",`r`n"))
    $out.WriteLine(']' + $behind)
}

function Write-Names([string]$name, $names, [string]$behind) {
    Write-List $name @($names.Keys | Sort-Object | ForEach-Object { Quote $_ }) $behind
}

function Write-Members([string]$name, $members, [string]$behind) {
    $out.WriteLine((Quote $name) + ': {')
    $between = ''
    foreach ($member in @($members.Keys | Sort-Object)) {
        $out.Write($between + (Quote $member) + ':' + $members[$member])
        $between = ",`r`n"
    }
    $out.WriteLine('}' + $behind)
}

Find-Users
"#;

const END: &str = r#"Look-AtRenames
Look-AtRollups
$accounts = $null
try { $accounts = @(Format-Accounts) } catch { $accounts = $null }
$done = @{}
foreach ($folder in $foldersDone.Keys) { $done[$folder] = 'false' }
$out = New-Object IO.StreamWriter $File, $false, ([Text.Encoding]::ASCII)
try {
    $out.WriteLine('{"staunch_facts": 1, "seen": {"registry": {')
    Write-Members 'keys' $keys ','
    Write-Names 'collected' $collected ','
    Write-Names 'listed' $listed ','
    Write-Names 'named' $named '}, "files": {'
    Write-Members 'files' $files ','
    Write-Members 'collected' $done ','
    Write-Names 'folders' $foldersThere ','
    Write-Names 'absent' $foldersAbsent ','
    Write-Members 'contents' $contents '},'
    if ($accounts) { Write-List 'accounts' $accounts ',' }
    Write-Names 'users' $users ','
    Write-List 'volumes' @(Format-Volumes) '}}'
} finally { $out.Close() }
[Console]::Out.WriteLine($File + ' is written.')
"#;

/// Writes the script.
pub(super) fn script() -> String {
    let mut text = START.to_owned();
    for key in KEYS {
        text.push_str(&format!("Ask '{key}'\n"));
    }
    for folder in folders() {
        text.push_str(&format!("Look '{folder}'\n"));
    }
    text + END
}
