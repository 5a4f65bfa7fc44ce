namespace Tcpwhy.Lab;

/// <summary>What the lab needs from the host, and whether it is here.</summary>
public static class Requirements
{
    /// <summary>What every network of the lab needs.</summary>
    public static IReadOnlyList<string> Network { get; } = ["root", "ip", "nft", "sysctl", "kill"];

    /// <summary>Those of <paramref name="names"/> (programs, or "root") that are not here.</summary>
    public static IReadOnlyList<string> Missing(IEnumerable<string> names) =>
        [.. names.Where(name => name == "root" ? !Environment.IsPrivilegedProcess : Find(name) is null)];

    /// <summary>Passes when all are here.</summary>
    /// <exception cref="RequirementMissingException">One is missing.</exception>
    public static void Check(IEnumerable<string> names)
    {
        IReadOnlyList<string> missing = Missing(names);
        if (missing.Count > 0)
            throw new RequirementMissingException(missing);
    }

    /// <summary>Full path of a program, or null. The directories for administrators count even when PATH lacks them.</summary>
    internal static string? Find(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin:/usr/bin:/bin"
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);
}
