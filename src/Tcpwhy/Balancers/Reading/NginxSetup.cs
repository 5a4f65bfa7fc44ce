using Tcpwhy.Probing;

namespace Tcpwhy.Balancers.Reading;

/// <summary>What one nginx.conf says with all that it includes; a file of a part, as those in conf.d/, is read as if it stood in http.</summary>
public sealed class NginxSetup
{
    private static readonly string[] MainBlocks = ["http", "events", "stream", "mail"];

    private static readonly string[] Times = ["keepalive_timeout", "proxy_connect_timeout", "proxy_read_timeout", "proxy_send_timeout", "proxy_timeout", "client_header_timeout"];

    /// <summary>How long nginx keeps a client's idle connection when no keepalive_timeout says otherwise.</summary>
    public static TimeSpan UsualKeepAlive => KnownTimeouts.Of("nginx", TimeoutSide.Server);

    /// <summary>How long it keeps its own in an upstream's pool.</summary>
    public static TimeSpan UsualPool => KnownTimeouts.Of("nginx upstream", TimeoutSide.Pool);

    private NginxSetup(NginxDirective root, SourceFile main, IReadOnlyList<SourceFile> files, IReadOnlyList<NginxDirective> missing) =>
        (Root, Main, Files, Missing, IsWhole) = (root, main, files, missing, root.Children!.Exists(child => MainBlocks.Contains(child.Name)));

    /// <summary>The block around all.</summary>
    public NginxDirective Root { get; }

    public SourceFile Main { get; }

    /// <summary>Whether it is the main file, which nginx can check.</summary>
    public bool IsWhole { get; }

    /// <summary>The main file and those included, in order.</summary>
    public IReadOnlyList<SourceFile> Files { get; }

    /// <summary>Includes whose file is not here.</summary>
    public IReadOnlyList<NginxDirective> Missing { get; }

    /// <summary>The upstream blocks that speak HTTP.</summary>
    public IEnumerable<NginxDirective> Upstreams => Root.Within("upstream").Where(upstream => upstream.Children is not null && !InStream(upstream));

    /// <summary>The blocks that pass HTTP requests on, each with its proxy_pass.</summary>
    public IEnumerable<NginxDirective> Passes => Root.Within("proxy_pass").Where(pass => pass.Parent is not null && !InStream(pass));

    /// <summary>The server blocks that speak HTTP.</summary>
    public IEnumerable<NginxDirective> Servers => Root.Within("server").Where(server => server.Children is not null && !InStream(server));

    /// <summary>Reads the file and what it includes.</summary>
    /// <exception cref="InvalidDataException">One is malformed; the message begins with file and line.</exception>
    public static NginxSetup Read(SourceFile main)
    {
        var root = new NginxDirective(main, [], null) { Children = [], End = main.Text.Length };
        List<SourceFile> files = [];
        List<NginxDirective> missing = [];
        new NginxReader(main, Path.GetDirectoryName(Path.GetFullPath(main.Path))!, 0, files, missing.Add).Into(root);
        // Each time is read once here, so that a wrong one is told whether or not a rule asks for it.
        foreach (NginxDirective timeout in Times.SelectMany(root.Within))
            timeout.Time(0);
        return new NginxSetup(root, main, files, missing);
    }

    /// <summary>The upstream to which a proxy_pass leads by its name, or null when it leads elsewhere.</summary>
    public NginxDirective? UpstreamOf(NginxDirective pass)
    {
        string target = pass[0];
        int scheme = target.IndexOf("://", StringComparison.Ordinal);
        string host = (scheme < 0 ? target : target[(scheme + 3)..]).Split('/')[0];
        return Upstreams.FirstOrDefault(upstream => upstream[0] == host);
    }

    private static bool InStream(NginxDirective directive)
    {
        for (NginxDirective? block = directive.Parent; block is not null; block = block.Parent)
        {
            if (block.Name is "stream" or "mail")
                return true;
        }
        return false;
    }
}
