namespace Tcpwhy.Model;

/// <summary>What can be seen on this host with these privileges.</summary>
/// <param name="Kernel">The kernel's release, as 6.18.44.</param>
/// <param name="User">Whose privileges these are, as root or uid 1000.</param>
public sealed record Visibility(string Kernel, string User, IReadOnlyList<VisibilityCheck> Checks);

/// <summary>One thing that seeing needs: a privilege, a kernel feature, a mounted file system.</summary>
/// <param name="Name">What is needed, an English phrase, translated when shown.</param>
/// <param name="Detail">What was found, in the kernel's words.</param>
/// <param name="Unlocks">Codes of the causes that cannot be told without it; none when it concerns all.</param>
/// <param name="HowTo">How to get it, an English phrase, translated when shown; null when there is nothing to do.</param>
public sealed record VisibilityCheck(string Name, bool Ok, string Detail, IReadOnlyList<string> Unlocks, string? HowTo = null);
