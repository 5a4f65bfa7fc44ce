namespace Tcpwhy.Cli.Configuration;

/// <summary>A value that a file or the environment gives.</summary>
/// <param name="Key">As diagnose.duration.</param>
/// <param name="Source">Where it stands: a file with its line, or a variable.</param>
internal sealed record ConfigSetting(string Key, IReadOnlyList<string> Values, string Source);
