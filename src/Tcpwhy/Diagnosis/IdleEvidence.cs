using Tcpwhy.Model;
using Tcpwhy.Probing;

namespace Tcpwhy.Diagnosis;

/// <summary>What the idle times of broken connections teach: the server's timeout with its spread, the products that have such a default, and the client's own default that contradicts it.</summary>
internal static class IdleEvidence
{
    private const string Closed = "idle when the server closed";
    private const string Wrote = "idle when the client wrote again";
    private const string Seen = "tcp_sock";
    private const string Table = "known-timeouts.txt";
    private const int MostFits = 2;

    // What a process of this name may be, by the beginning of the product's name in the table.
    private static readonly (string Comm, string[] Products)[] Programs =
    [
        ("nginx", ["nginx"]), ("haproxy", ["HAProxy"]), ("envoy", ["Envoy"]), ("traefik", ["Traefik"]), ("node", ["Node.js"]), ("dotnet", ["Kestrel", ".NET"]),
        ("java", ["Tomcat", "Jetty", "Undertow", "JDK", "Apache HttpClient", "OkHttp"]), ("apache2", ["Apache httpd"]), ("httpd", ["Apache httpd"]),
        ("gunicorn", ["gunicorn"]), ("uvicorn", ["uvicorn"]), ("hypercorn", ["hypercorn"]), ("python", ["gunicorn", "uvicorn", "hypercorn"]), ("puma", ["Puma"]), ("ruby", ["Puma"]),
        ("mysqld", ["MySQL"]),
    ];

    /// <summary>Whether an evidence was made here: it is made anew for a sum.</summary>
    public static bool Has(Evidence evidence) => evidence.What is Closed or Wrote || evidence.Source == Table;

    /// <summary>None, where nothing was learned.</summary>
    public static IEnumerable<Evidence> Of(Finding finding)
    {
        if (finding.ClosedAfter is not { } closed)
            yield break;
        // A finding told from the client has its port left open.
        bool fromClient = finding.Local.Port == 0;
        ProcessInfo? server = fromClient ? finding.PeerProcess : finding.Process, client = fromClient ? finding.Process : finding.PeerProcess;
        yield return new Evidence(Closed, Range(closed), closed.Count, Seen);
        if (finding.ReusedAfter is { } reused && reused.Longest > closed.Longest * 1.1)
            yield return new Evidence(Wrote, Range(reused), reused.Count, Seen);
        if (!closed.Agree)
            yield break;
        string[]? mayBe = Products(server);
        if (mayBe is not null || closed.Count > 1)
        {
            string[] fits = [.. Fits(closed, mayBe).Take(MostFits)];
            if (fits.Length > 0)
                yield return new Evidence("such a default has", string.Join(", ", fits), closed.Count, Table);
        }
        // Several products of one name would be a guess; one default is a contradiction that can be shown.
        KnownTimeout[] pools = Products(client) is { } own ? [.. KnownTimeouts.All.Where(one => one.Side == TimeoutSide.Pool && Is(one, own))] : [];
        if (pools is [var pool] && !(pool.Default <= closed.Shortest))
            yield return new Evidence("the client's default keeps them longer", Written(pool), closed.Count, Table);
    }

    private static IEnumerable<string> Fits(IdleTimes closed, string[]? mayBe)
    {
        var limit = new IdleLimit(closed.Mean, closed.Longest - closed.Shortest, IdleEnd.Fin, closed.Count, null);
        return KnownTimeouts.All
            .Where(one => one is { Side: TimeoutSide.Server, How: IdleEnd.Fin, Default: { } time } && IdleFits.Near(limit, time) && (mayBe is null || Is(one, mayBe)))
            .OrderBy(one => (one.Default!.Value - closed.Mean).Duration())
            .Select(Written);
    }

    private static bool Is(KnownTimeout one, string[] products) => Array.Exists(products, product => one.Product.StartsWith(product, StringComparison.Ordinal));

    private static string[]? Products(ProcessInfo? process)
    {
        foreach ((string comm, string[] products) in Programs)
        {
            if (process?.Comm.StartsWith(comm, StringComparison.Ordinal) == true)
                return products;
        }
        return null;
    }

    private static string Written(KnownTimeout one)
    {
        string product = one.Versions is null ? one.Product : $"{one.Product} {one.Versions}";
        string time = one.Default is { } limit ? Phrases.Duration(limit) : "∞";
        return one.Setting is { } setting ? $"{product}: {setting} {time}" : $"{product}: {time}";
    }

    private static string Range(IdleTimes times)
    {
        string shortest = Phrases.Duration(times.Shortest), longest = Phrases.Duration(times.Longest);
        return shortest == longest ? shortest : $"{shortest} – {longest}";
    }
}
