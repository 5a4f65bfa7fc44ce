namespace Tcpwhy.Lab.Healthy;

/// <summary>Configuration files of nginx for the lab.</summary>
internal static class NginxFile
{
    /// <summary>Writes a server that answers every request with so many bytes, and returns the words that run it.</summary>
    public static string[] Write(Network network, int port, int replyBytes, string listen = "")
    {
        string path = Path.Combine(network.Directory, $"nginx-{port}.conf");
        string place = network.Directory;
        File.WriteAllText(path, $$"""
            daemon off;
            user root;
            worker_processes 1;
            pid {{place}}/nginx-{{port}}.pid;
            error_log {{place}}/nginx-{{port}}.log;
            events { worker_connections 1000; }
            http {
                access_log off;
                keepalive_requests 1000000;
                client_body_temp_path {{place}}/body;
                proxy_temp_path {{place}}/proxy;
                fastcgi_temp_path {{place}}/fastcgi;
                uwsgi_temp_path {{place}}/uwsgi;
                scgi_temp_path {{place}}/scgi;
                server {
                    listen [::]:{{port}} ipv6only=off {{listen}};
                    location / { return 200 "{{new string('x', replyBytes)}}"; }
                }
            }

            """);
        return ["nginx", "-e", $"{place}/nginx-{port}.log", "-c", path];
    }
}
