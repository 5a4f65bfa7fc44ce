using System.Net;
using System.Text.Json;
using Tcpwhy.E2e.Lab;
using Tcpwhy.E2e.Program;
using Tcpwhy.Lab;
using Tcpwhy.Tests.Cli;
using Xunit;

namespace Tcpwhy.E2e.Probing;

/// <summary>Runs <c>probe</c> on the lab's client, and has real servers and proxies to probe.</summary>
static class IdleProbe
{
    public const int Port = 8080;

    /// <summary>What it answered, as JSON after its schema.</summary>
    public static async Task<JsonElement> RunAsync(BuiltProgram program, Network network, IPAddress address, params string[] options)
    {
        ProgramEnd end = await program.RunAsync(At(network.Client), Words(address, options));
        Assert.True(end.Status == 0, $"{end.Status}: {end.Out}{end.Error}");
        return Read(end.Out);
    }

    public static string[] Words(IPAddress address, params string[] options) =>
        ["probe", new Model.Endpoint(address, Port).ToString(), "--count", "1", "--format", "json", .. options];

    /// <summary>The words that run a program on one of the lab's machines.</summary>
    public static string[] At(Host host) => ["ip", "netns", "exec", host.Name];

    public static JsonElement Read(string json)
    {
        JsonElement answer = JsonDocument.Parse(json).RootElement;
        JsonElement schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(BuiltProgram.Project, "docs", "schemas", "probe.json"))).RootElement;
        Assert.Empty(JsonSchema.Errors(schema, answer));
        return answer;
    }

    /// <summary>A limit found within 5 %, and of its kind.</summary>
    public static JsonElement Check(JsonElement answer, double seconds, string how, string by, bool onUse = false)
    {
        JsonElement idle = answer.GetProperty("idle");
        Assert.True(idle.GetProperty("idle_timeout_seconds").ValueKind == JsonValueKind.Number, idle.ToString());
        TestContext.Current.SendDiagnosticMessage($"{seconds} s {how}: {idle.GetProperty("idle_timeout_seconds")} s, spread {idle.GetProperty("spread_seconds")} s");
        Assert.InRange(idle.GetProperty("idle_timeout_seconds").GetDouble(), seconds * 0.95, seconds * 1.05);
        Assert.InRange(idle.GetProperty("spread_seconds").GetDouble(), 0, seconds * 0.1);
        Assert.Equal(how, idle.GetProperty("how").GetString());
        Assert.Equal(by, idle.GetProperty("by").GetString());
        Assert.Equal(onUse, idle.GetProperty("on_use").GetBoolean());
        return idle;
    }

    public static Task<Network> NetworkAsync(params string[] requires) => LabUnderTest.NetworkAsync([.. Requirements.Network, .. requires]);

    public static async Task StartNginxAsync(Network network, string settings, CancellationToken ct)
    {
        string place = network.Directory, file = Path.Combine(place, "nginx.conf");
        await File.WriteAllTextAsync(file, $$"""
            daemon off;
            user root;
            worker_processes 1;
            pid {{place}}/nginx.pid;
            events { worker_connections 1000; }
            http {
                access_log off;
                client_body_temp_path {{place}}/body;
                proxy_temp_path {{place}}/proxy;
                fastcgi_temp_path {{place}}/fastcgi;
                uwsgi_temp_path {{place}}/uwsgi;
                scgi_temp_path {{place}}/scgi;
                {{settings}}
                server {
                    listen {{Port}};
                    location / { return 200 "ok"; }
                }
            }

            """, ct);
        await network.StartDaemonAsync(network.Server, ["nginx", "-e", $"{place}/nginx.log", "-c", file], Port, ct);
    }
}
