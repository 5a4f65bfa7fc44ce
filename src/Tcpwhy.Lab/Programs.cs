using System.Net.Sockets;
using Tcpwhy.Model;

namespace Tcpwhy.Lab;

/// <summary>Configuration of the real programs that stand in the middle, written into the network's directory; each method returns the words that run one.</summary>
internal static class Programs
{
    /// <summary>HAProxy with the given sections after its defaults.</summary>
    public static string[] Haproxy(Network network, string name, string defaults, string sections)
    {
        string path = Path.Combine(network.Directory, $"{name}.cfg");
        File.WriteAllText(path, $"""
            global
                maxconn 2000
            defaults
                mode http
                timeout connect 2s
                timeout http-request 10s
            {Indented(defaults)}
            {sections}

            """);
        return ["haproxy", "-db", "-f", path];
    }

    /// <summary>nginx as one process, so that the one that serves is the one that was started.</summary>
    public static string[] Nginx(Network network, string name, string http, int connections = 1000)
    {
        string place = network.Directory, path = Path.Combine(place, $"{name}.conf");
        File.WriteAllText(path, $$"""
            daemon off;
            master_process off;
            user root;
            pid {{place}}/{{name}}.pid;
            error_log {{place}}/{{name}}.log;
            events { worker_connections {{connections}}; }
            http {
                access_log off;
                client_body_temp_path {{place}}/body;
                proxy_temp_path {{place}}/proxy;
                fastcgi_temp_path {{place}}/fastcgi;
                uwsgi_temp_path {{place}}/uwsgi;
                scgi_temp_path {{place}}/scgi;
                {{http}}
            }

            """);
        return ["nginx", "-e", $"{place}/{name}.log", "-c", path];
    }

    /// <summary>A small program in Python.</summary>
    public static string[] Python(Network network, string name, string script, params string[] arguments)
    {
        string path = Path.Combine(network.Directory, $"{name}.py");
        File.WriteAllText(path, script + "\n");
        return ["python3", path, .. arguments];
    }

    /// <summary>An end as HAProxy writes it.</summary>
    public static string ForHaproxy(Endpoint end) => end.Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"ipv6@{end.Address}:{end.Port}" : $"{end}";

    static string Indented(string lines) => string.Join('\n', lines.Split('\n').Select(line => "    " + line.Trim()));
}
