use super::super::questions::{KEYS, folders};

const START: &str = r#"' staunch collector for SYSTEM
'
' Run it as an administrator:
'   cscript //nologo collector.vbs [FILE]
' It writes one file, COMPUTER-facts.json in the current folder where none is named, for
' `staunch scan` elsewhere. It reads keys of the registry, names, sizes and versions of files, the
' local accounts and the drives. Nothing is changed and no network is used. Passwords and the
' contents of files are left out.
Option Explicit
Const HKLM = &H80000002
Const HKU = &H80000003
Const DEEPEST = 32
Dim shell, files, registry, out, computer, target
Dim users, keysDone, collected, listed, named, foldersDone, foldersThere, foldersAbsent, needsComma
Set shell = CreateObject("WScript.Shell")
Set files = CreateObject("Scripting.FileSystemObject")
If shell.Environment("PROCESS")("PROCESSOR_ARCHITEW6432") <> "" Then
    WScript.Echo "Run this script with the cscript.exe of the folder SysNative or System32 for 64 bits."
    WScript.Quit 2
End If
Set registry = GetObject("winmgmts:{impersonationLevel=impersonate}!\\.\root\default:StdRegProv")
computer = CreateObject("WScript.Network").ComputerName
target = computer & "-facts.json"
If WScript.Arguments.Count > 0 Then target = WScript.Arguments(0)
Set users = CreateObject("Scripting.Dictionary")
Set keysDone = CreateObject("Scripting.Dictionary")
Set collected = CreateObject("Scripting.Dictionary")
Set listed = CreateObject("Scripting.Dictionary")
Set named = CreateObject("Scripting.Dictionary")
Set foldersDone = CreateObject("Scripting.Dictionary")
Set foldersThere = CreateObject("Scripting.Dictionary")
Set foldersAbsent = CreateObject("Scripting.Dictionary")
Set out = files.CreateTextFile(target, True, False)
out.WriteLine "{""staunch_facts"": 1, ""seen"": {"
FindUsers
out.WriteLine """registry"": {""keys"": {"
needsComma = False
"#;

const MIDDLE: &str = r#"out.WriteLine "},"
out.WriteLine """collected"": " & List(collected) & ","
out.WriteLine """listed"": " & List(listed) & ","
out.WriteLine """named"": " & List(named) & "},"
out.WriteLine """files"": {""files"": {"
needsComma = False
"#;

const END: &str = r#"LookAtRenames
out.WriteLine "},"
out.WriteLine """collected"": " & Flags(foldersDone) & ","
out.WriteLine """folders"": " & List(foldersThere) & ","
out.WriteLine """absent"": " & List(foldersAbsent) & "},"
WriteAccounts
WriteUsers
WriteVolumes
out.WriteLine "}}"
out.Close
WScript.Echo target & " is written."

' Asks one question: a key with all below it, or without where it ends with a backslash. A star
' stands for every name.
Sub Ask(question)
    Dim path, found, following, part, above, below, names
    path = question
    If Right(path, 1) = "\" Then path = Left(path, Len(path) - 1)
    Set found = CreateObject("Scripting.Dictionary")
    found.Add "", 1
    For Each part In Split(path, "\")
        Set following = CreateObject("Scripting.Dictionary")
        For Each above In found.Keys
            If part <> "*" Then
                If above = "" Then following.Add part, 1 Else following.Add above & "\" & part, 1
            ElseIf above = "HKU" Then
                For Each below In users.Keys
                    following.Add "HKU\" & below, 1
                Next
            Else
                names = ReadKey(above, True)
                If IsArray(names) Then
                    For Each below In names
                        following.Add above & "\" & below, 1
                    Next
                End If
            End If
        Next
        Set found = following
    Next
    For Each above In found.Keys
        If Right(question, 1) = "\" Then ReadKey above, True Else ReadAll above, 0
    Next
End Sub

' Reads a key with all below it.
Sub ReadAll(path, level)
    Dim names, below
    names = ReadKey(path, False)
    If Not keysDone.Exists(path) Then Exit Sub
    If level = 0 Then Mark collected, path
    If IsArray(names) Then
        For Each below In names
            If level < DEEPEST Then
                ReadAll path & "\" & below, level + 1
                If Not keysDone.Exists(path & "\" & below) Then Mark named, path & "\" & below
            Else
                Mark named, path & "\" & below
            End If
        Next
    End If
End Sub

' Reads the values of a key, and returns the names of the keys below it.
Function ReadKey(path, onlyNames)
    Dim hive, below, code, names, name, text
    ReadKey = Empty
    If Not Locate(path, hive, below) Then Exit Function
    On Error Resume Next
    names = Null
    code = registry.EnumKey(hive, below, names)
    If Err.Number <> 0 Then code = -1
    On Error GoTo 0
    If code = 2 Then
        Mark collected, path
        Exit Function
    End If
    If code <> 0 Then Exit Function
    text = ""
    If Not keysDone.Exists(path) Then
        If Not ReadValues(hive, below, text) Then Exit Function
        Item Quote(path) & ": [" & text & "]"
        keysDone.Add path, 1
    End If
    If onlyNames Then
        Mark listed, path
        If IsArray(names) Then
            For Each name In names
                Mark named, path & "\" & name
            Next
        End If
    End If
    ReadKey = names
End Function

' Finds the hive of a path; false where it is not loaded.
Function Locate(path, hive, below)
    Dim parts, names
    parts = Split(path, "\", 3)
    Locate = True
    hive = HKLM
    below = Mid(path, 6)
    If parts(0) = "HKU" Then
        hive = HKU
        below = users(parts(1))
        On Error Resume Next
        Locate = (registry.EnumKey(HKU, below, names) = 0)
        If Err.Number <> 0 Then Locate = False
        On Error GoTo 0
        If UBound(parts) = 2 Then below = below & "\" & parts(2)
    End If
End Function

' Reads the values of a key as the members of a list; false where one cannot be read.
Function ReadValues(hive, below, text)
    Dim names, types, at, one, code
    ReadValues = False
    On Error Resume Next
    names = Null
    code = registry.EnumValues(hive, below, names, types)
    If Err.Number <> 0 Or code <> 0 Then Exit Function
    On Error GoTo 0
    ReadValues = True
    If Not IsArray(names) Then Exit Function
    For at = 0 To UBound(names)
        one = ReadValue(hive, below, names(at), types(at))
        If one = "" Then
            ReadValues = False
            Exit Function
        End If
        If text <> "" Then text = text & ","
        text = text & "{""name"":" & Quote(names(at)) & ",""data"":" & one & "}"
    Next
End Function

' Reads a value; the types are those of the registry. Others than these are carried without data.
Function ReadValue(hive, below, name, kind)
    Dim data, code, part, text, secret
    ReadValue = ""
    secret = InStr(LCase(name), "password") > 0
    data = Null
    On Error Resume Next
    Select Case kind
        Case 1
            code = registry.GetStringValue(hive, below, name, data)
        Case 2
            code = registry.GetExpandedStringValue(hive, below, name, data)
        Case 3
            code = registry.GetBinaryValue(hive, below, name, data)
        Case 4
            code = registry.GetDWORDValue(hive, below, name, data)
        Case 7
            code = registry.GetMultiStringValue(hive, below, name, data)
        Case Else
            ReadValue = "{""type"":""binary"",""data"":[]}"
            Exit Function
    End Select
    If Err.Number <> 0 Or code <> 0 Then Exit Function
    On Error GoTo 0
    text = ""
    Select Case kind
        Case 1, 2
            If IsNull(data) Then data = ""
            If secret And data <> "" Then data = "(not carried)"
            text = Quote(data)
        Case 3
            If IsArray(data) Then
                For Each part In data
                    If text <> "" Then text = text & ","
                    If secret Then part = 0
                    text = text & part
                Next
            End If
            text = "[" & text & "]"
        Case 4
            If data < 0 Then data = data + 4294967296
            text = CStr(data)
        Case 7
            If IsArray(data) Then
                For Each part In data
                    If text <> "" Then text = text & ","
                    If secret Then part = "(not carried)"
                    text = text & Quote(part)
                Next
            End If
            text = "[" & text & "]"
    End Select
    ReadValue = "{""type"":""" & KindName(kind) & """,""data"":" & text & "}"
End Function

Function KindName(kind)
    Select Case kind
        Case 1
            KindName = "text"
        Case 2
            KindName = "expandable_text"
        Case 3
            KindName = "binary"
        Case 4
            KindName = "u32"
        Case 7
            KindName = "texts"
    End Select
End Function

' Looks at the files of a folder, and at the names of the folders in it.
Sub Look(question)
    Dim path, folder, one
    path = shell.ExpandEnvironmentStrings(question)
    If InStr(path, "%") > 0 Then Exit Sub
    If Not files.FolderExists(path) Then
        Mark foldersAbsent, path
        Exit Sub
    End If
    On Error Resume Next
    Set folder = files.GetFolder(path)
    If Err.Number <> 0 Then Exit Sub
    For Each one In folder.SubFolders
        Mark foldersThere, one.Path
    Next
    For Each one In folder.Files
        ReadFile one
    Next
    If Err.Number = 0 Then Mark foldersDone, path
    On Error GoTo 0
End Sub

Sub ReadFile(file)
    Dim text, version
    On Error Resume Next
    text = """size"":" & CStr(file.Size)
    If Err.Number <> 0 Then text = ""
    Err.Clear
    version = files.GetFileVersion(file.Path)
    If Err.Number = 0 Then
        If text <> "" Then text = text & ","
        If IsVersion(version) Then
            text = text & """version"":" & Quote(version)
        Else
            text = text & """version"":null"
        End If
    End If
    Err.Clear
    On Error GoTo 0
    Item Quote(file.Path) & ": {" & text & "}"
End Sub

Function IsVersion(text)
    Dim parts, part
    parts = Split(text, ".")
    IsVersion = (UBound(parts) = 3)
    For Each part In parts
        If Not IsNumeric(part) Then IsVersion = False
    Next
End Function

' Looks at the files that the next start moves.
Sub LookAtRenames()
    Dim list, kind, part, path
    For Each kind In Array("PendingFileRenameOperations", "PendingFileRenameOperations2")
        list = Null
        On Error Resume Next
        registry.GetMultiStringValue HKLM, "SYSTEM\CurrentControlSet\Control\Session Manager", kind, list
        On Error GoTo 0
        If IsArray(list) Then
            For Each part In list
                path = part
                If Left(path, 1) = "!" Then path = Mid(path, 2)
                If Left(path, 4) = "\??\" And Mid(path, 6, 2) = ":\" Then
                    If files.FileExists(Mid(path, 5)) Then ReadFile files.GetFile(Mid(path, 5))
                End If
            Next
        End If
    Next
End Sub

' Finds the people with a profile: the name of its folder and their identifier.
Sub FindUsers()
    Dim list, names, sid, path, name
    list = "SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"
    names = Null
    registry.EnumKey HKLM, list, names
    If Not IsArray(names) Then Exit Sub
    For Each sid In names
        path = Null
        registry.GetExpandedStringValue HKLM, list & "\" & sid, "ProfileImagePath", path
        If Not IsNull(path) And sid <> "S-1-5-18" And sid <> "S-1-5-19" And sid <> "S-1-5-20" Then
            If files.FileExists(path & "\NTUSER.DAT") Or files.FileExists(path & "\NTUSER.MAN") Then
                name = files.GetFileName(path)
                If users.Exists(name) Then name = sid
                users.Add name, sid
            End If
        End If
    Next
End Sub

Sub WriteUsers()
    out.WriteLine """users"": " & List(users) & ","
End Sub

' Writes the local accounts; a domain controller has none.
Sub WriteAccounts()
    Dim kind, group, member, members, domain, user, sid, flags, rid, text, one
    registry.GetStringValue HKLM, "SYSTEM\CurrentControlSet\Control\ProductOptions", "ProductType", kind
    If IsNull(kind) Then Exit Sub
    If LCase(kind) = "lanmannt" Then Exit Sub
    Set members = CreateObject("Scripting.Dictionary")
    members.CompareMode = 1
    On Error Resume Next
    group = GetObject("winmgmts:root\cimv2:Win32_SID.SID=""S-1-5-32-544""").AccountName
    For Each member In GetObject("WinNT://" & computer & "/" & group & ",group").Members
        members(member.ADsPath) = 1
    Next
    If Err.Number <> 0 Then Exit Sub
    Set domain = GetObject("WinNT://" & computer)
    domain.Filter = Array("user")
    For Each user In domain
        sid = user.Get("objectSID")
        flags = user.Get("UserFlags")
        If Err.Number <> 0 Then Exit Sub
        rid = Octet(sid, 1) + Octet(sid, 2) * 256 + Octet(sid, 3) * 65536 + Octet(sid, 4) * 16777216
        one = "{""name"":" & Quote(user.Name) & ",""rid"":" & CStr(rid)
        one = one & ",""flags"":{""is_disabled"":" & Bit(flags, 2) & ",""is_locked_out"":" & Bit(flags, 16)
        one = one & ",""needs_no_password"":" & Bit(flags, 32)
        one = one & ",""password_never_expires"":" & Bit(flags, 65536) & "}"
        one = one & ",""is_administrator"":" & Truth(IsMember(members, user.Name)) & "}"
        If text <> "" Then text = text & ","
        text = text & one
    Next
    If Err.Number <> 0 Then Exit Sub
    On Error GoTo 0
    out.WriteLine """accounts"": [" & text & "],"
End Sub

' Returns one of the last four bytes of an identifier.
Function Octet(sid, at)
    Octet = AscB(MidB(sid, LenB(sid) - 4 + at, 1))
End Function

Function Bit(flags, mask)
    Bit = Truth((flags And mask) <> 0)
End Function

Function Truth(condition)
    If condition Then Truth = "true" Else Truth = "false"
End Function

Function IsMember(members, name)
    Dim path, tail
    IsMember = False
    tail = LCase("/" & computer & "/" & name)
    For Each path In members.Keys
        If Right(LCase(path), Len(tail)) = tail Then IsMember = True
    Next
End Function

Sub WriteVolumes()
    Dim drive, text
    For Each drive In files.Drives
        If drive.DriveType = 2 Then
            If drive.IsReady Then
                If text <> "" Then text = text & ","
                text = text & "{""name"":" & Quote(drive.DriveLetter & ":")
                text = text & ",""file_system"":" & Quote(drive.FileSystem) & "}"
            End If
        End If
    Next
    out.WriteLine """volumes"": [" & text & "]"
End Sub

Sub Mark(names, name)
    If Not names.Exists(name) Then names.Add name, 1
End Sub

Sub Item(text)
    If needsComma Then out.WriteLine ","
    out.Write text
    needsComma = True
End Sub

Function List(names)
    Dim quoted, at, name
    List = "[]"
    If names.Count = 0 Then Exit Function
    ReDim quoted(names.Count - 1)
    at = 0
    For Each name In names.Keys
        quoted(at) = Quote(name)
        at = at + 1
    Next
    List = "[" & Join(quoted, "," & vbCrLf) & "]"
End Function

Function Flags(names)
    Dim name, text
    For Each name In names.Keys
        If text <> "" Then text = text & "," & vbCrLf
        text = text & Quote(name) & ":false"
    Next
    Flags = "{" & text & "}"
End Function

' Writes a text of JSON in ASCII.
Function Quote(text)
    Dim at, code, following, one
    Quote = """"
    For at = 1 To Len(text)
        one = Mid(text, at, 1)
        code = AscW(one)
        If code < 0 Then code = code + 65536
        If code = 34 Or code = 92 Then
            Quote = Quote & "\" & one
        ElseIf code >= 32 And code <= 126 Then
            Quote = Quote & one
        Else
            ' Halves of pairs that stand alone are no text.
            If code >= &HD800& And code <= &HDBFF& Then
                If Not IsHalf(text, at + 1, &HDC00&) Then code = &HFFFD&
            ElseIf code >= &HDC00& And code <= &HDFFF& Then
                If Not IsHalf(text, at - 1, &HD800&) Then code = &HFFFD&
            End If
            Quote = Quote & "\u" & Right("000" & LCase(Hex(code)), 4)
        End If
    Next
    Quote = Quote & """"
End Function

' Tells whether a character is one of the 1024 halves that begin with this one.
Function IsHalf(text, at, first)
    Dim code
    IsHalf = False
    If at < 1 Or at > Len(text) Then Exit Function
    code = AscW(Mid(text, at, 1))
    If code < 0 Then code = code + 65536
    IsHalf = (code >= first And code < first + 1024)
End Function
"#;

/// Writes the `VBScript`.
pub(super) fn script(system: &str) -> String {
    let mut text = START.replacen("SYSTEM", system, 1);
    for key in KEYS {
        text.push_str(&format!("Ask \"{key}\"\n"));
    }
    text.push_str(MIDDLE);
    for folder in folders() {
        text.push_str(&format!("Look \"{folder}\"\n"));
    }
    text + END
}
