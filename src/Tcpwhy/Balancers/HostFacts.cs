namespace Tcpwhy.Balancers;

/// <summary>What this host says of itself that a configuration needs.</summary>
public static class HostFacts
{
    /// <summary>The first of the names that is a user here, or null.</summary>
    public static string? User(params ReadOnlySpan<string> names)
    {
        string[] users = [.. Lines("/etc/passwd").Select(line => line.Split(':')[0])];
        foreach (string name in names)
        {
            if (users.Contains(name))
                return name;
        }
        return null;
    }

    /// <summary>The name servers of /etc/resolv.conf as nginx writes them.</summary>
    public static IReadOnlyList<string> Nameservers() => [.. Lines("/etc/resolv.conf")
        .Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words is ["nameserver", var address, ..] && System.Net.IPAddress.TryParse(address, out _) && !address.Contains('%', StringComparison.Ordinal))
        .Select(words => words[1].Contains(':', StringComparison.Ordinal) ? $"[{words[1]}]" : words[1])
        .Take(3)];

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
