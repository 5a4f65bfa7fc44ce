using Tcpwhy.Model;

namespace Tcpwhy.Lab.Healthy;

/// <summary>Configuration files of HAProxy for the lab.</summary>
internal static class HaproxyFile
{
    /// <summary>A proxy before a service listens so many ports further on.</summary>
    public const int FrontOffset = 1010;

    /// <summary>Writes a proxy from all addresses on <paramref name="front"/> to one server and returns the file's path.</summary>
    public static string Write(Network network, int front, Endpoint server, string options, bool http, string global = "")
    {
        string path = Path.Combine(network.Directory, $"haproxy-{front}.cfg");
        File.WriteAllText(path, $"""
            global
                maxconn 2000
                {global}
            defaults
                mode {(http ? "http" : "tcp")}
                timeout connect 2s
                timeout client 30s
                timeout server 30s
                timeout http-keep-alive 10s
                timeout tunnel 1h
            frontend in
                bind :::{front} v4v6
                default_backend out
            backend out
                {(http ? "option httpchk GET /" : "")}
                server one {Address(server)} {options}

            """);
        return path;
    }

    /// <summary>An address as HAProxy reads it.</summary>
    internal static string Address(Endpoint end) =>
        end.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"ipv6@{end.Address}:{end.Port}" : $"{end}";
}
