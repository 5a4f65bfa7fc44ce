using Tcpwhy.Probing;
using Tcpwhy.Texts;

namespace Tcpwhy.Balancers;

/// <summary>A server behind the load balancers, and how long it keeps an idle connection.</summary>
/// <param name="Of">The upstream or backend that it stands in; null for all.</param>
/// <param name="Name">node, gunicorn … or a name of the user's own.</param>
public sealed record KnownServer(string? Of, string Name, TimeSpan KeepAlive)
{
    /// <summary>What people call the servers whose defaults are known, and their makers.</summary>
    internal static readonly (string Name, string Product)[] Products =
    [
        ("node", "Node.js http.Server"), ("gunicorn", "gunicorn"), ("uvicorn", "uvicorn"), ("hypercorn", "hypercorn"), ("apache", "Apache httpd"),
        ("nginx", "nginx"), ("tomcat", "Tomcat, as server.xml ships it"), ("jetty", "Jetty"), ("undertow", "Undertow"), ("kestrel", "Kestrel (.NET)"),
        ("iis", "IIS"), ("puma", "Puma"),
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
        foreach ((string known, string product) in Products)
        {
            if (known == name)
                return new KnownServer(of, name, KnownTimeouts.Of(product, TimeoutSide.Server));
        }
        throw new InvalidDataException($"--server '{text}': the keep-alive time of '{name}' is not known; say {name}=TIME{Nearest.Hint(name, Products.Select(one => one.Name))}");
    }
}
