param([string]$__upScript, [string]$__upResult, [switch]$__upAct)
$__upUtf8 = New-Object Text.UTF8Encoding $false; try { [Console]::OutputEncoding = $__upUtf8 } catch { }; if ($PSStyle) { $PSStyle.OutputRendering = 'PlainText' }; $ProgressPreference = 'SilentlyContinue'
function __UpGiven($v) {    # JSON to what parameters take; {"$secret": "..."} becomes a SecureString. Each text has one mark before it: ConvertFrom-Json would make a date of one that looks so
    if ($v -is [string]) { return $v.Substring(1) }
    if ($v -is [array]) { return , @(foreach ($i in $v) { __UpGiven $i }) }
    if ($v -isnot [Management.Automation.PSCustomObject]) { return $v }
    if ($v.PSObject.Properties['$secret']) { return (New-Object Net.NetworkCredential '', (__UpGiven $v.'$secret')).SecurePassword }
    $h = @{}; foreach ($p in $v.PSObject.Properties) { $h[$p.Name] = __UpGiven $p.Value }; $h
}
$__upGiven = @{}; $__upFrame = [Console]::In.ReadToEnd(); if ($__upFrame) { $__upGiven = __UpGiven (ConvertFrom-Json $__upFrame) }; $__upFrame = $null
if ($__upAct) {    # for actions: nothing is captured, programs write straight to the agent's pipes; a fatal error ends here with 1 and no frame
    $Error.Clear(); & $__upScript @__upGiven
    $__upFrame = @{ v = 1; ok = $?; last = $global:LASTEXITCODE; errorCount = $Error.Count }
    [IO.File]::WriteAllText($__upResult, (ConvertTo-Json $__upFrame -Compress)); exit $(if ($__upFrame.ok) { 0 } elseif ($__upFrame.last) { $__upFrame.last } else { 1 })
}
function Tame($v, $deep) {    # only what JSON can say, bounded; never a live object
    if ($null -eq $v -or $v -is [DBNull]) { return $null }
    if ($v -is [bool] -or $v -is [int] -or $v -is [long] -or ($v -is [double] -and [Math]::Abs($v) -lt 1e300)) { return $v.PSObject.BaseObject }
    if ($v -is [string]) { return $v.Substring(0, [Math]::Min($v.Length, 32768)) }
    if ($v -is [datetime]) { return $v.ToUniversalTime().ToString('o') }; if ($v -is [Diagnostics.FileVersionInfo]) { return $v.FileVersion }
    if ($v -is [Security.SecureString] -or $v -is [pscredential]) { return '(secret)' }
    if ($deep -and $v -is [Collections.IDictionary]) { $h = @{}; foreach ($k in $v.Keys) { $h["$k"] = Tame $v[$k] ($deep - 1) }; return $h }
    if ($deep -and $v -is [Management.Automation.PSCustomObject]) { $h = @{}; foreach ($p in $v.PSObject.Properties) { $h[$p.Name] = Tame $p.Value ($deep - 1) }; return $h }
    if ($deep -and $v -is [array]) { return , @(foreach ($i in ($v | Select-Object -First 1000)) { Tame $i ($deep - 1) }) }
    [string]::Format([cultureinfo]::InvariantCulture, '{0}', $v.PSObject.BaseObject)
}
function Fault($e) { $at = if ($e.InvocationInfo -and $e.InvocationInfo.ScriptName) { $e.InvocationInfo } else { @{} }; @{ message = "$($e.Exception.Message)"; type = $e.Exception.GetType().FullName; id = "$($e.FullyQualifiedErrorId)"; category = "$($e.CategoryInfo.Category)"; line = $at.ScriptLineNumber; column = $at.OffsetInLine; source = $at.Line; stack = "$($e.ScriptStackTrace)" -replace '\r?\n?at <ScriptBlock>, <No file>: line \d+$' } }
function Say($e) { [Console]::Error.WriteLine($(if ($e.FullyQualifiedErrorId -like 'NativeCommandError*') { "$e" } elseif ($e.InvocationInfo.ScriptName) { ($e | Out-String -Width 160).TrimEnd() } else { "$($e.CategoryInfo.Activity): $($e.Exception.Message)" })) }
$space = [runspacefactory]::CreateRunspace($Host); if ($env:OS -eq 'Windows_NT') { $space.ApartmentState = 'STA' }; $space.Open(); $space.SessionStateProxy.SetVariable('ProgressPreference', 'SilentlyContinue')
$values = New-Object Collections.ArrayList; $seen = @{ n = 0; ok = $true }; $faults = @(); $shell = [powershell]::Create(); $shell.Runspace = $space
[void]$shell.AddScript('param($__upScript, $__upGiven, $__upValues, $__upSeen)
    & $__upScript @__upGiven | & { process { $__upSeen.n++; [void]$__upValues.Add($_); if ($__upValues.Count -gt 20) { $__upValues.RemoveAt(0) }; $_ } } | Out-Default; $__upSeen.ok = $?').AddArgument($__upScript).AddArgument($__upGiven).AddArgument($values).AddArgument($seen)
$wait = $shell.BeginInvoke(); $stop = $null
do { $done = $wait.AsyncWaitHandle.WaitOne(50); foreach ($e in $shell.Streams.Error.ReadAll()) { Say $e; if ($e.FullyQualifiedErrorId -notlike 'NativeCommandError*') { $faults += , $e } }
    if (-not $stop -and [IO.File]::Exists("$__upResult.stop")) { $stop = $shell.BeginStop($null, $null) } } until ($done -and -not $shell.Streams.Error.Count)
$why = $shell.InvocationStateInfo.Reason; $last = $space.SessionStateProxy.GetVariable('LASTEXITCODE'); if ($why -and $why.ErrorRecord) { $why = $why.ErrorRecord; Say $why } elseif ($why) { $why = New-Object Management.Automation.ErrorRecord $why, 'Failed', 'NotSpecified', $null }
if (-not $why -and -not $seen.ok -and $null -eq $last) { $why = $faults[-1] }    # it never began: parse error, #requires, parameters
$frame = @{ v = 1; state = "$($shell.InvocationStateInfo.State)"; exit = $(if (-not $why -and -not $seen.ok) { $last }); lastNative = $last; count = $seen.n; host = @($shell.Streams.Information | Where-Object { $_.Tags -contains 'PSHOST' }).Count; errorCount = $faults.Count; errors = @($faults | Select-Object -First 5 | ForEach-Object { Fault $_ }); fatal = $(if ($why) { Fault $why }); values = @(for ($i = 0; $i -lt $values.Count; $i++) { @{ type = $(if ($null -ne $values[$i]) { $values[$i].PSObject.TypeNames[0] }); value = Tame $values[$i] 4 } }) }
[IO.File]::WriteAllText("$__upResult.new", (ConvertTo-Json $frame -Depth 12 -Compress), $__upUtf8); [IO.File]::Move("$__upResult.new", $__upResult); exit 0
