namespace Tcpwhy.Balancers.Reading;

/// <summary>A section of a haproxy.cfg, and for a proxy the defaults that it inherits.</summary>
/// <param name="Head">The line that begins it.</param>
/// <param name="Kind">global, defaults, frontend, backend, listen …</param>
/// <param name="From">Name of the defaults that it asks for, or null for the last ones before it.</param>
public sealed record HaproxySection(HaproxyLine Head, string Kind, string Name, string? From)
{
    public List<HaproxyLine> Lines { get; } = [];

    /// <summary>The defaults that hold for it.</summary>
    public HaproxySection? Defaults { get; internal set; }

    public bool IsFront => Kind is "frontend" or "listen";

    public bool IsBack => Kind is "backend" or "listen";

    public bool IsHttp => Find("mode") is { } mode && mode[1] == "http";

    /// <summary>The server lines.</summary>
    public IEnumerable<HaproxyLine> Servers => Lines.Where(line => line[0] is "server" or "server-template");

    /// <summary>The last line that begins with these words, here or else in the defaults; null also when the last one begins with "no".</summary>
    public HaproxyLine? Find(params string[] words)
    {
        for (HaproxySection? section = this; section is not null; section = section.Defaults)
        {
            for (int i = section.Lines.Count - 1; i >= 0; i--)
            {
                if (section.Lines[i].Says(words))
                    return section.Lines[i];
                if (section.Lines[i].Says(["no", .. words]))
                    return null;
            }
        }
        return null;
    }

    /// <summary>A timeout, and the line that sets it; null when none does.</summary>
    public HaproxyLine? Timeout(string name) => Find("timeout", name);

    /// <summary>The value of a timeout, or null when it is not set or depends on the environment.</summary>
    public TimeSpan? TimeoutValue(string name) => Timeout(name)?.Time(2);

    /// <summary>Whether a server, or the default-server lines that hold for it, has this word.</summary>
    public bool ServerHas(HaproxyLine server, string word) =>
        server.Has(word) || ServerDefaults().Any(line => line.Has(word));

    private IEnumerable<HaproxyLine> ServerDefaults() =>
        Lines.Concat(Defaults?.Lines ?? []).Where(line => line[0] == "default-server");
}
