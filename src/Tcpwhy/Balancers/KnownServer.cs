using Tcpwhy.Texts;

namespace Tcpwhy.Balancers;

/// <summary>A server behind the load balancers, and how long it keeps an idle connection.</summary>
/// <param name="Of">The upstream or backend that it stands in; null for all.</param>
/// <param name="Name">node, gunicorn … or a name of the user's own.</param>
public sealed record KnownServer(string? Of, string Name, TimeSpan KeepAlive)
{
    /// <summary>Defaults, in seconds, as their makers document them.</summary>
    private static readonly (string Name, int Seconds)[] Defaults =
    [
        ("node", 5), ("gunicorn", 2), ("uvicorn", 5), ("hypercorn", 5), ("apache", 5), ("nginx", 75), ("tomcat", 20), ("jetty", 30),
        ("undertow", 60), ("kestrel", 130), ("iis", 120), ("puma", 20),
    ];

    /// <summary>Reads <c>[UPSTREAM/]NAME[=TIME]</c>, <c>NAME:keepalive=TIME</c> too; a known name needs no time.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static KnownServer Parse(string text, Func<string, TimeSpan?> duration)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = (equals < 0 ? text : text[..equals]).Replace(":keepalive", "", StringComparison.Ordinal);
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        string? of = slash < 0 ? null : name[..slash];
        name = name[(slash + 1)..];
        if (name.Length == 0 || of is "")
            throw new InvalidDataException($"--server '{text}': NAME=TIME is expected, as node=5s or UPSTREAM/node=5s");
        if (equals >= 0)
        {
            return new KnownServer(of, name, duration(text[(equals + 1)..])
                ?? throw new InvalidDataException($"--server '{text}': '{text[(equals + 1)..]}' is no time, as 5s or 75s"));
        }
        foreach ((string known, int seconds) in Defaults)
        {
            if (known == name)
                return new KnownServer(of, name, TimeSpan.FromSeconds(seconds));
        }
        throw new InvalidDataException($"--server '{text}': the keep-alive time of '{name}' is not known; say {name}=TIME{Nearest.Hint(name, Defaults.Select(one => one.Name))}");
    }
}
